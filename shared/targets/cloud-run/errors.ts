import { TargetError, type TargetErrorKind } from '../target-error.ts';

/** Where a request was going, for the sentence. */
export interface Where {
  readonly project: string;
  readonly region: string;
}

/** What Google's client throws: a gRPC code, the HTTP status when there was an answer, `ErrorInfo.reason` when the body had one. */
interface Thrown {
  readonly message?: string;
  readonly code?: number | string;
  readonly httpStatusCode?: number;
  readonly status?: number | string;
  readonly reason?: string;
}

const CODES: Readonly<Record<number, string>> = {
  1: 'CANCELLED',
  2: 'UNKNOWN',
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  10: 'ABORTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
};
const SIGN_IN = /invalid_grant|invalid_client|unauthorized_client|invalid_target|DECODER routines|PEM|aws.*credential/i;

/** Any error of a call to Google as one of the kinds of targets.md 1.3. */
export function errorOf(thrown: unknown, where: Where): TargetError {
  if (thrown instanceof TargetError) return thrown;
  const error = (thrown ?? {}) as Thrown;
  const code = codeOf(error);
  const kind = kindOf(error, code);
  const said = saidOf(error);
  return new TargetError(kind, sentence(kind, said, error, where), {
    cloudCode: [code, error.reason].filter((part) => part).join(', '),
    cause: thrown,
  });
}

function codeOf({ code, httpStatusCode }: Thrown): string {
  if (typeof code === 'number' && CODES[code]) return CODES[code];
  return httpStatusCode ? `HTTP ${httpStatusCode}` : String(code ?? '');
}

function kindOf(error: Thrown, code: string): TargetErrorKind {
  const { httpStatusCode, message = '', reason = '' } = error;
  if (SIGN_IN.test(message)) return 'credentials';
  switch (code) {
    case 'UNAUTHENTICATED':
      return 'credentials';
    case 'PERMISSION_DENIED':
      return 'permission';
    case 'NOT_FOUND':
      return 'not-found';
    case 'ALREADY_EXISTS':
      return 'conflict';
    case 'RESOURCE_EXHAUSTED':
      return reason === 'QUOTA_EXCEEDED' || (/quota/i.test(message) && reason !== 'RATE_LIMIT_EXCEEDED')
        ? 'capacity'
        : 'throttled';
    case 'INVALID_ARGUMENT':
    case 'FAILED_PRECONDITION':
      return 'invalid';
    case 'ABORTED':
      return 'transient';
    default:
      // without an answer nobody knows whether the request arrived
      return httpStatusCode === undefined ? 'unknown-outcome' : 'transient';
  }
}

/** Google's sentence without its code before it; a page for people, which proxies send, says nothing. */
function saidOf({ message = '' }: Thrown): string {
  if (/<html|<!doctype/i.test(message)) return '';
  return message.replace(/^\d+ [A-Z_]+: /, '').slice(0, 500);
}

function sentence(kind: TargetErrorKind, said: string, { reason }: Thrown, { project, region }: Where): string {
  switch (kind) {
    case 'throttled':
      return 'Google Cloud Run is limiting requests. The run starts as soon as it allows; nothing to do.';
    case 'transient':
      return `Google Cloud Run had a short failure: ${said}`;
    case 'unknown-outcome':
      return `Google Cloud Run did not answer: ${said}`;
    case 'conflict':
      return `Google Cloud Run has this job already: ${said}`;
    case 'capacity':
      return `Google Cloud Run has no room for the job in ${region} right now: ${said} Choose another region, or have the quota raised.`;
    case 'permission':
      if (reason === 'SERVICE_DISABLED')
        return `The Cloud Run API is not enabled in project '${project}'. Enable run.googleapis.com there.`;
      return `The credentials of the work pool may not do this in project '${project}': ${said} Give their account the roles Cloud Run Developer and Service Account User, or run \`pushpool work-pool provision-infra\`.`;
    case 'not-found':
      return `Google does not find project '${project}' or region '${region}'. Check the pool's credentials block and its 'region'. ${said}`.trim();
    case 'credentials':
      return `Google no longer accepts the pool's credentials: ${said} Store a new key in the block of variable 'credentials'; waiting runs start by themselves.`;
    default:
      return `Google Cloud Run refused the job: ${said}`;
  }
}
