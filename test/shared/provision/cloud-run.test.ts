import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyPlan } from '../../../shared/provision/apply.ts';
import { cloudRunProvisioner } from '../../../shared/provision/cloud-run/cloud-run.ts';
import type { AwsRole, CloudRunContext } from '../../../shared/provision/cloud-run/context.ts';
import { applyRemoval, planRemoval } from '../../../shared/provision/deprovision.ts';
import { makePlan, planText } from '../../../shared/provision/plan.ts';
import { type GoogleAccount, startGoogleAccount } from '../../fakes/google-account.ts';
import { defaultsOf, type KeptBlocks, keepBlocks, templateOf } from './blocks.ts';
import { comesToOneEnd, THROTTLED_TIMES } from './every-step.ts';
import { minds } from './neighbours.ts';

const ROLE: AwsRole = { accountId: '123456789012', roleName: 'pushpool-target-cloud-run' };
const SUBMITTER = 'prefect-cloud-run@my-project.iam.gserviceaccount.com';

let google: GoogleAccount;
let blocks: KeptBlocks;
beforeEach(async () => {
  google = await startGoogleAccount('my-project');
  blocks = keepBlocks();
});
afterEach(() => google.close());

const context = (awsRole: AwsRole | null = null): CloudRunContext => ({
  pool: 'my-pool',
  names: Object.fromEntries(cloudRunProvisioner.questions.map(({ key, defaultName }) => [key, defaultName('my-pool')])),
  found: new Map(),
  blocks,
  sleep: async () => {},
  projectId: 'my-project',
  region: 'us-central1',
  token: async () => 'google',
  apiUrl: google.url,
  awsRole,
  tryKey: async (key) => google.signIn(key),
});

async function provision(awsRole: AwsRole | null = null) {
  const made = context(awsRole);
  const plan = await makePlan(cloudRunProvisioner, made);
  await applyPlan(cloudRunProvisioner, made, plan);
  return { made, plan };
}

const membersOf = (resource: string, role: string) =>
  google.policies
    .get(resource)
    ?.bindings.filter((each) => each.role === role)
    .flatMap(({ members }) => members);

describe('what a Cloud Run push pool needs in a project', () => {
  it('is planned, made once and found again', async () => {
    const { made, plan } = await provision();
    google.recorded.length = 0;
    const again = await provision();

    expect(planText('my-pool', cloudRunProvisioner.place(made), plan)).toBe(PLAN);
    expect(again.plan.filter(({ action }) => action === 'create')).toEqual([]);
    expect(google.recorded.filter((call) => !call.startsWith('GET') && !call.endsWith(':getIamPolicy'))).toEqual([]);
    expect(google.keys.size).toBe(1);
    expect(
      defaultsOf(cloudRunProvisioner.template(made, templateOf('credentials', 'region', 'service_account_name'))),
    ).toEqual({
      credentials: { $ref: { block_document_id: 'gcp-credentials/my-pool-push-pool-credentials' } },
      region: 'us-central1',
      service_account_name: 'prefect-cloud-run-job@my-project.iam.gserviceaccount.com',
    });
    expect([...blocks.kept.values()]).toMatchObject([
      { project: 'my-project', service_account_info: { private_key: 'a key' } },
    ]);
  });

  it('gives the submitter the least: to run jobs, to read logs, to use the account of jobs', async () => {
    await provision();

    expect(membersOf('/v1/projects/my-project', 'roles/run.developer')).toEqual([`serviceAccount:${SUBMITTER}`]);
    expect(membersOf('/v1/projects/my-project', 'roles/logging.viewer')).toEqual([`serviceAccount:${SUBMITTER}`]);
    expect(membersOf('/v1/projects/my-project', 'roles/iam.serviceAccountUser')).toEqual([]);
    expect(
      membersOf(
        '/v1/projects/my-project/serviceAccounts/prefect-cloud-run-job@my-project.iam.gserviceaccount.com',
        'roles/iam.serviceAccountUser',
      ),
    ).toEqual([`serviceAccount:${SUBMITTER}`]);
  });

  it('stores no key when pushpool runs under an AWS role that Google can trust', async () => {
    await provision(ROLE);

    expect(google.keys.size).toBe(0);
    expect([...blocks.kept.values()]).toMatchObject([
      {
        service_account_info: {
          type: 'external_account',
          audience:
            '//iam.googleapis.com/projects/4711/locations/global/workloadIdentityPools/pushpool/providers/aws-123456789012',
        },
      },
    ]);
    expect(membersOf(`/v1/projects/my-project/serviceAccounts/${SUBMITTER}`, 'roles/iam.workloadIdentityUser')).toEqual(
      [
        'principalSet://iam.googleapis.com/projects/4711/locations/global/workloadIdentityPools/pushpool/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/pushpool-target-cloud-run',
      ],
    );
  });

  it('keeps what others write to the policy at the same time', async () => {
    google.policies.set('/v1/projects/my-project', {
      etag: 'e0',
      bindings: [{ role: 'roles/owner', members: ['user:me'] }],
    });
    google.policyRaces = 3;

    await provision();

    expect(membersOf('/v1/projects/my-project', 'roles/owner')).toEqual(['user:me']);
    expect(membersOf('/v1/projects/my-project', 'roles/run.developer')).toEqual([`serviceAccount:${SUBMITTER}`]);
  });

  it('goes on where it stopped, wherever it stopped', async () => {
    const steps = (await makePlan(cloudRunProvisioner, context())).length;
    for (let stop = 0; stop < steps; stop++) {
      await google.close();
      google = await startGoogleAccount('my-project');
      blocks = keepBlocks();
      const broken = context();
      const plan = await makePlan(cloudRunProvisioner, broken);
      await expect(
        applyPlan(cloudRunProvisioner, broken, plan, (step, state) => {
          if (state === 'done' && step.id === plan[stop]!.id) throw new Error('the network is gone');
        }),
      ).rejects.toThrow('the network is gone');

      await provision();

      expect([google.keys.size, blocks.kept.size], plan[stop]!.id).toEqual([1, 1]);
    }
  });

  it('deletes a key again that could not be stored', async () => {
    blocks.refused = true;

    await expect(provision()).rejects.toThrow('The server refuses the block');

    expect(google.keys.size).toBe(0);
  });

  it('names the permission that is missing', async () => {
    google.deny = /POST .*\/serviceAccounts$/;

    await expect(provision()).rejects.toThrow(/PERMISSION_DENIED.*iam\.serviceAccounts\.create/);
  });

  it('is removed, but for switched-on APIs and the images', async () => {
    await provision();
    const removal = { ...context(), removing: true };
    const removals = await planRemoval(cloudRunProvisioner, removal);

    await applyRemoval(cloudRunProvisioner, removal, removals);

    expect(removals.filter(({ action }) => action === 'remove').map(({ id }) => id)).toEqual([
      'credentials-block',
      'service-account-user',
      'log-viewer',
      'run-developer',
      'job-account',
      'service-account',
    ]);
    expect([...google.documents.keys()]).toEqual([
      '/v1/projects/my-project/locations/us-central1/repositories/prefect-images',
    ]);
    expect([blocks.kept.size, google.keys.size]).toEqual([0, 0]);
  });

  it('gets a new key in place of the old one, and only when Google accepts it', async () => {
    await provision();
    const [old] = google.keys;
    google.unknownKeys = 2;

    const rotating = { ...context(), rotating: true };
    await applyPlan(cloudRunProvisioner, rotating, await makePlan(cloudRunProvisioner, rotating));
    const [block] = [...blocks.kept.values()];
    const { private_key_id: id } = block!['service_account_info'] as { private_key_id: string };

    expect([...google.keys]).toEqual([expect.stringMatching(new RegExp(`/keys/${id}$`))]);
    expect(google.keys.has(old!)).toBe(false);
    expect(google.unknownKeys).toBeLessThanOrEqual(0);
  });

  it('has nothing to replace where no key is stored', async () => {
    await provision(ROLE);

    const plan = await makePlan(cloudRunProvisioner, { ...context(ROLE), rotating: true });

    expect(plan.filter(({ action }) => action === 'rotate')).toEqual([]);
  });

  it('keeps accounts, their roles and keys that are not of this pool', async () => {
    await provision();
    const [email, info] = [`/v1/projects/my-project/serviceAccounts/${SUBMITTER}`, 'service_account_info'];
    google.documents.set(email, { ...google.documents.get(email), description: 'Made by somebody' });
    blocks.kept.set('gcp-credentials/my-pool-push-pool-credentials', { [info]: { client_email: 'somebody' } });

    const removals = await planRemoval(cloudRunProvisioner, { ...context(), removing: true });
    const shared = await planRemoval(cloudRunProvisioner, { ...context(), removing: true }, [
      { name: 'other', defaults: {}, credentials: { project: 'my-project' } },
    ]);

    expect(removals.filter(({ action }) => action === 'remove').map(({ id }) => id)).toEqual(['job-account']);
    expect(shared.filter(({ action }) => action === 'remove')).toEqual([]);
    expect(shared.find(({ id }) => id === 'job-account')?.why).toBe('work pool other uses it too');
  });
});

const stateOf = async () => ({
  documents: [...google.documents.keys()],
  enabled: [...google.enabled],
  keys: google.keys.size,
  policies: [...google.policies].map(([resource, { bindings }]) => [resource, bindings]),
  blocks: [...blocks.kept.keys()],
});

describe('a Google Cloud project that several pools share', () => {
  minds(
    cloudRunProvisioner,
    async () => ({ context: (of) => ({ ...context(), ...of }), state: stateOf, close: async () => {} }),
    { timeout: 30_000 },
  );
});

describe.each([
  ['with a key', null],
  ['without a key', ROLE],
])('a Google Cloud project where something is refused, %s', (_, role) => {
  comesToOneEnd(
    cloudRunProvisioner,
    async () => {
      google = await startGoogleAccount('my-project');
      blocks = keepBlocks();
      const { faults } = google;
      return {
        context: (removing = false) => ({ ...context(role), removing }),
        changes: faults.changes,
        refuse(index, how) {
          let times = 0;
          faults.refuse = (_, at) =>
            at !== index || times++ >= { denied: Number.POSITIVE_INFINITY, throttled: THROTTLED_TIMES, lost: 1 }[how]
              ? null
              : REFUSALS[how];
        },
        state: stateOf,
        close: google.close,
      };
    },
    { timeout: 60_000, every: 1, losesAnswers: true },
  );
});

const REFUSALS = {
  lost: 'lost' as const,
  denied: { status: 403, body: { error: { code: 403, status: 'PERMISSION_DENIED', message: 'Permission denied' } } },
  throttled: {
    status: 429,
    headers: { 'retry-after': '0' },
    body: { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded' } },
  },
};

const PLAN = `Provisioning infrastructure for your work pool my-pool will require:

  - Activating the Cloud Run API for your project
  - Activating the Artifact Registry API for your project
  - Activating the IAM API for your project
  - Creating an Artifact Registry repository in us-central1: prefect-images
  - Creating a service account for managing Cloud Run jobs: prefect-cloud-run
  - Creating a service account without roles, for jobs to run as: prefect-cloud-run-job
  - Granting it the role Cloud Run Developer in the project
  - Granting it the role Logs Viewer in the project
  - Granting it the role Service Account User on the account that jobs run as
  - Storing a service account key in a block: my-pool-push-pool-credentials

Where: Google Cloud project my-project, region us-central1`;
