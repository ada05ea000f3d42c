import type { Resource } from '../resource.ts';
import { RestError } from '../rest.ts';
import { type CloudRunContext, google, jobAccount, submitter } from './context.ts';
import { type ServiceAccount, submitterAccount } from './service-account.ts';

interface Policy {
  readonly etag?: string;
  readonly bindings?: readonly {
    readonly role: string;
    readonly members: readonly string[];
    readonly condition?: unknown;
  }[];
}

interface Binding {
  readonly id: string;
  readonly role: string;
  readonly line: string;
  readonly applies?: (context: CloudRunContext) => boolean;
  readonly member: (context: CloudRunContext) => string;
  /** The resource whose policy holds it: its service and path. */
  readonly on: (context: CloudRunContext) => readonly ['cloudresourcemanager' | 'iam', string];
}

/** The policy is read and written as a whole; the etag refuses a write over somebody else's. */
const WRITE_ATTEMPTS = 8;

function roleBinding({ id, role, line, applies, member, on }: Binding): Resource<CloudRunContext, Policy> {
  const read = async (context: CloudRunContext): Promise<Policy | null> => {
    const [service, path] = on(context);
    // A version 3 policy shows conditions; asked for less, Google would drop them from what is written back.
    const body = { options: { requestedPolicyVersion: 3 } };
    return google(context, service, `${path}:getIamPolicy`, { method: 'POST', ...(service !== 'iam' && { body }) });
  };
  const holds = (policy: Policy | null, who: string): boolean =>
    policy?.bindings?.some((each) => each.role === role && !each.condition && each.members.includes(who)) ?? false;
  const change = async (context: CloudRunContext, next: (policy: Policy, who: string) => Policy): Promise<Policy> => {
    for (let attempt = 1; ; attempt++) {
      const policy = (await read(context)) ?? {};
      const [service, path] = on(context);
      const body = { policy: { version: 3, ...next(policy, member(context)) } };
      try {
        return await google(context, service, `${path}:setIamPolicy`, { method: 'POST', body });
      } catch (error) {
        const raced = error instanceof RestError && (error.status === 409 || error.status === 412);
        // A service account made a moment ago is not known to policies everywhere yet.
        const unknown = error instanceof RestError && error.status === 400 && error.message.includes('does not exist');
        if (!(raced || unknown) || attempt >= WRITE_ATTEMPTS) throw error;
        await context.sleep(raced ? 1 : 10);
      }
    }
  };
  return {
    id,
    ...(applies && { applies }),
    line: () => line,
    progress: `Granting ${role}`,
    permissions: ['resourcemanager.projects.getIamPolicy', 'resourcemanager.projects.setIamPolicy'],
    async find(context) {
      const policy = await read(context).catch(noPolicyYet);
      return holds(policy, member(context)) ? policy : null;
    },
    create: (context) =>
      change(context, (policy, who) => ({
        ...policy,
        bindings: [...(policy.bindings ?? []), { role, members: [who] }],
      })),
    isOurs: madeItsAccount,
    async remove(context) {
      await change(context, (policy, who) => ({
        ...policy,
        bindings: (policy.bindings ?? [])
          .map((each) =>
            each.role === role ? { ...each, members: each.members.filter((name) => name !== who) } : each,
          )
          .filter(({ members }) => members.length > 0),
      }));
    },
  };
}

/** A role of an account that somebody else made may be somebody else's too: nothing in a policy tells. */
function madeItsAccount(context: CloudRunContext): boolean {
  const account = context.found.get('service-account') as ServiceAccount | undefined;
  return account !== undefined && submitterAccount.isOurs!(context, account);
}

/** The policy of a service account that is still to be made. */
function noPolicyYet(error: unknown): null {
  if (error instanceof RestError && error.status === 403) throw error;
  if (error instanceof RestError) return null;
  throw error;
}

const project = ({ projectId }: CloudRunContext) => ['cloudresourcemanager', `/v1/projects/${projectId}`] as const;
const account = (email: (context: CloudRunContext) => string) => (context: CloudRunContext) =>
  ['iam', `/v1/projects/${context.projectId}/serviceAccounts/${email(context)}`] as const;
const asSubmitter = (context: CloudRunContext): string => `serviceAccount:${submitter(context)}`;

export const runDeveloper = roleBinding({
  id: 'run-developer',
  role: 'roles/run.developer',
  line: 'Granting it the role Cloud Run Developer in the project',
  member: asSubmitter,
  on: project,
});
/** Without it a run that ended badly shows no last lines. */
export const logViewer = roleBinding({
  id: 'log-viewer',
  role: 'roles/logging.viewer',
  line: 'Granting it the role Logs Viewer in the project',
  member: asSubmitter,
  on: project,
});
/** On the jobs' account alone, not on every account of the project. */
export const serviceAccountUser = roleBinding({
  id: 'service-account-user',
  role: 'roles/iam.serviceAccountUser',
  line: 'Granting it the role Service Account User on the account that jobs run as',
  member: asSubmitter,
  on: account(jobAccount),
});
/** Keyless: whoever holds the AWS role may be the submitter. */
export const workloadIdentityUser = roleBinding({
  id: 'workload-identity-user',
  role: 'roles/iam.workloadIdentityUser',
  line: 'Granting the AWS role of pushpool the role Workload Identity User on it',
  applies: ({ awsRole }) => awsRole !== null,
  member: (context) =>
    `principalSet://iam.googleapis.com/projects/${context.found.get('project-number')}/locations/global/workloadIdentityPools/pushpool/attribute.aws_role/arn:aws:sts::${context.awsRole!.accountId}:assumed-role/${context.awsRole!.roleName}`,
  on: account(submitter),
});
