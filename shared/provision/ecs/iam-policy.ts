import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachUserPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
  type Policy,
  type Role,
} from '@aws-sdk/client-iam';
import { earlier, type Resource } from '../resource.ts';
import { areOurs, capitalTags, type EcsContext, unless } from './context.ts';
import { GONE } from './iam-user.ts';
import { ecsPolicyDocument } from './policy-document.ts';

/** IAM keeps five versions of a policy. */
const VERSIONS_KEPT = 5;

/** What the user may do. One that is there but says something else gets a new version. */
export const iamPolicy: Resource<EcsContext, Policy> = {
  id: 'iam-policy',
  applies: ({ withKey, removing = false }) => withKey || removing,
  line: ({ names }) => `Creating and attaching an IAM policy for managing ECS tasks: ${names['policy']}`,
  progress: 'Creating IAM policy',
  permissions: [
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
    'iam:ListPolicyVersions',
    'iam:CreatePolicy',
    'iam:CreatePolicyVersion',
    'iam:DeletePolicyVersion',
    'iam:AttachUserPolicy',
    'iam:TagPolicy',
  ],
  async find(context) {
    const answer = await unless(GONE, () => context.iam.send(new GetPolicyCommand({ PolicyArn: arnOf(context) })));
    return answer?.Policy ?? null;
  },
  async create(context) {
    const answer = await context.iam.send(
      new CreatePolicyCommand({
        PolicyName: context.names['policy']!,
        PolicyDocument: ecsPolicyDocument(earlier<Role>(context, 'execution-role').Arn!),
        Tags: capitalTags(context),
      }),
    );
    return answer.Policy!;
  },
  async update(context, policy) {
    const wanted = ecsPolicyDocument(earlier<Role>(context, 'execution-role').Arn!);
    const current = await context.iam.send(
      new GetPolicyVersionCommand({ PolicyArn: policy.Arn!, VersionId: policy.DefaultVersionId ?? 'v1' }),
    );
    const text = decodeURIComponent(current.PolicyVersion?.Document ?? '');
    if (!sameJson(text, wanted)) await replaceVersion(context, policy.Arn!, wanted);
    await context.iam.send(new AttachUserPolicyCommand({ UserName: context.names['user']!, PolicyArn: policy.Arn! }));
    return policy;
  },
  isOurs: (context, policy) => areOurs(context, policy.Tags),
  async remove(context, policy) {
    const PolicyArn = policy.Arn!;
    const UserName = context.names['user']!;
    await unless(GONE, () => context.iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn })));
    for (const { VersionId, IsDefaultVersion } of await versions(context, PolicyArn)) {
      if (!IsDefaultVersion)
        await context.iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: VersionId! }));
    }
    await unless(GONE, () => context.iam.send(new DeletePolicyCommand({ PolicyArn })));
  },
};

const arnOf = ({ accountId, names }: EcsContext): string => `arn:aws:iam::${accountId}:policy/${names['policy']}`;

async function replaceVersion(context: EcsContext, PolicyArn: string, document: string): Promise<void> {
  const kept = await versions(context, PolicyArn);
  const oldest = kept
    .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
    .toSorted((a, b) => Number(a.CreateDate ?? 0) - Number(b.CreateDate ?? 0))[0];
  if (kept.length >= VERSIONS_KEPT && oldest) {
    await context.iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest.VersionId! }));
  }
  await context.iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: document, SetAsDefault: true }));
}

async function versions({ iam }: EcsContext, PolicyArn: string) {
  return (await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions ?? [];
}

function sameJson(a: string, b: string): boolean {
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
  } catch {
    return false; // a document that is no JSON is replaced
  }
}
