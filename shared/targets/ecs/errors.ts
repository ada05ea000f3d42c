import { TargetError, type TargetErrorKind } from '../target-error.ts';

/** The table from AWS's error names to kinds (targets.md 1.3). What is not in it is decided by its fault and by its sentence. */
const KINDS: Readonly<Record<string, TargetErrorKind>> = {
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  ServerException: 'transient',
  ServiceUnavailable: 'transient',
  ServiceUnavailableException: 'transient',
  InternalFailure: 'transient',
  InternalError: 'transient',
  ECONNREFUSED: 'transient',
  ENOTFOUND: 'transient',
  EAI_AGAIN: 'transient',
  TimeoutError: 'unknown-outcome',
  ECONNRESET: 'unknown-outcome',
  EPIPE: 'unknown-outcome',
  AbortError: 'unknown-outcome',
  AccessDeniedException: 'permission',
  AccessDenied: 'permission',
  UnauthorizedOperation: 'permission',
  ClusterNotFoundException: 'not-found',
  'InvalidVpcID.NotFound': 'not-found',
  'InvalidSubnetID.NotFound': 'not-found',
  InvalidParameterException: 'invalid',
  ClientException: 'invalid',
  ValidationException: 'invalid',
  PlatformUnknownException: 'invalid',
  PlatformTaskDefinitionIncompatibilityException: 'invalid',
  UnsupportedFeatureException: 'invalid',
  ExpiredTokenException: 'credentials',
  ExpiredToken: 'credentials',
  UnrecognizedClientException: 'credentials',
  InvalidSignatureException: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  InvalidClientTokenId: 'credentials',
  AuthFailure: 'credentials',
  BlockedException: 'credentials',
  CredentialsProviderError: 'credentials',
  ConflictException: 'conflict',
};

interface AwsFault {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
}

/** The SDK's error as a `TargetError`: what happened at which call, and what to do. One that is it already stays. */
export function ecsError(error: unknown, call: string): TargetError {
  if (error instanceof TargetError) return error;
  const fault = error as AwsFault;
  const said = fault.message ?? '';
  const kind = kindOf(fault, said);
  const code = KINDS[fault.name ?? ''] === undefined && fault.code ? fault.code : (fault.name ?? 'Error');
  return new TargetError(kind, sentence(kind, said, call), {
    cloudCode: code,
    ...(fault.$metadata?.requestId && { requestId: fault.$metadata.requestId }),
    cause: error,
  });
}

function kindOf(fault: AwsFault, said: string): TargetErrorKind {
  const { name = '', code = '' } = fault;
  if (name === 'LimitExceededException' || fault.$retryable?.throttling)
    return /rate/i.test(said) || name !== 'LimitExceededException' ? 'throttled' : 'capacity';
  const invalid = name === 'InvalidParameterException' || name === 'ClientException';
  if (invalid && /iam:PassRole|unable to assume the role/i.test(said)) return 'permission';
  if (invalid && /No Container Instances were found/i.test(said)) return 'capacity';
  if (invalid && /Rate exceeded|Too many concurrent attempts/i.test(said)) return 'throttled';
  if (name === 'ClientException' && /Unable to describe task definition/i.test(said)) return 'not-found';
  if (
    name === 'InvalidParameterException' &&
    /subnet|security ?group/i.test(said) &&
    /not (exist|found)|invalid id/i.test(said)
  ) {
    return 'not-found';
  }
  const known = KINDS[name] ?? KINDS[code];
  if (known) return known;
  if (/socket hang up|timed? ?out/i.test(said)) return 'unknown-outcome';
  const status = fault.$metadata?.httpStatusCode ?? 0;
  if (fault.$fault === 'server' || status >= 500) return 'transient';
  return status >= 400 ? 'invalid' : 'unknown-outcome';
}

function sentence(kind: TargetErrorKind, said: string, call: string): string {
  const quoted = said ? `: ${said.replace(/[.\s]*$/, '.')}` : '.';
  switch (kind) {
    case 'throttled':
      return 'ECS is limiting requests. The run starts as soon as it allows; nothing to do.';
    case 'transient':
      return `ECS had a short failure at ${call}${quoted}`;
    case 'unknown-outcome':
      return `The answer of ECS to ${call} was lost${quoted}`;
    case 'capacity':
      return `ECS has no room for the task right now${quoted} Choose another size, region or capacity provider, or raise the quota.`;
    case 'permission':
      return `The credentials of the work pool may not do what ${call} needs${quoted} ${grantHint(said, call)}`;
    case 'not-found':
      return `Something that the work pool names does not exist${quoted} ${whereToLook(said, call)}`;
    case 'credentials':
      return `The AWS credentials of the work pool are not accepted${quoted} Store new credentials in the block; waiting runs start by themselves.`;
    case 'conflict':
      return `ECS knows another request of this attempt${quoted}`;
    default:
      return `ECS refused the job at ${call}${quoted} ${refusalHint(said)}`.trim();
  }
}

function grantHint(said: string, call: string): string {
  const action = /iam:PassRole/.test(said) ? 'iam:PassRole' : (/perform: (\S+)/.exec(said)?.[1] ?? `ecs:${call}`);
  return action === 'iam:PassRole' || /assume the role/.test(said)
    ? "Allow iam:PassRole on the pool's execution and task roles for ecs-tasks.amazonaws.com, and let these roles trust that service."
    : `Allow ${action}, or provision the pool's infrastructure anew.`;
}

function whereToLook(said: string, call: string): string {
  if (call === 'RunTask' && /cluster/i.test(said))
    return "Check the pool's 'cluster' and that it is in the region of the credentials.";
  if (/task definition/i.test(said)) return "Check the pool's 'task_definition_arn'.";
  if (/subnet|security ?group|vpc/i.test(said)) return "Check the pool's 'vpc_id' and 'network_configuration'.";
  return "Check the pool's 'cluster' and that it is in the region of the credentials.";
}

function refusalHint(said: string): string {
  if (/subnet|security ?group|network/i.test(said)) return "Variables: 'vpc_id', 'network_configuration'.";
  if (/capacity provider/i.test(said)) return "Variables: 'launch_type', 'capacity_provider_strategy'.";
  if (/inactive/i.test(said)) return "Variable: 'task_definition_arn': it was deregistered.";
  return '';
}

/** `failures` of an answer with 200: no room, or something about the cluster. */
export function runTaskFailure(reason: string, detail: string | undefined): TargetError {
  const said = [reason, detail].filter(Boolean).join(', ');
  const kind = /^(MISSING|INACTIVE)$/.test(reason) ? 'not-found' : 'capacity';
  return new TargetError(kind, sentence(kind, said, 'RunTask'), { cloudCode: reason });
}
