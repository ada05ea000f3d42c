import { TargetError, type TargetErrorKind } from '../target-error.ts';

/** The codes of gRPC that Modal answers with. */
export const STATUS = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** What was being done, for the message and for what its failure means. */
export interface Doing {
  /** E.g. `create the sandbox`. */
  readonly what: string;
  /** True where a lost answer may hide an effect: the submission must look before it creates again. */
  readonly creates?: boolean;
}

const KINDS: Readonly<Record<number, TargetErrorKind>> = {
  [STATUS.CANCELLED]: 'transient',
  [STATUS.UNKNOWN]: 'transient',
  [STATUS.DEADLINE_EXCEEDED]: 'transient',
  [STATUS.INTERNAL]: 'transient',
  [STATUS.UNAVAILABLE]: 'transient',
  [STATUS.INVALID_ARGUMENT]: 'invalid',
  [STATUS.FAILED_PRECONDITION]: 'invalid',
  [STATUS.NOT_FOUND]: 'not-found',
  [STATUS.ALREADY_EXISTS]: 'conflict',
  [STATUS.PERMISSION_DENIED]: 'permission',
  [STATUS.RESOURCE_EXHAUSTED]: 'throttled',
  [STATUS.UNAUTHENTICATED]: 'credentials',
};

/** A failed call as a `TargetError` (targets.md 1.3). Ours pass through; a bug stays what it is. */
export function toTargetError(error: unknown, doing: Doing): unknown {
  if (error instanceof TargetError) return error;
  if (isAbort(error)) {
    const message = `Modal did not answer in time (${doing.what}). It is tried again.`;
    return new TargetError(doing.creates ? 'unknown-outcome' : 'transient', message, { cause: error });
  }
  const code = codeOf(error);
  if (code === null) return error;
  const { details } = error as { readonly details: string };
  const kind = kindOf(code, details, doing);
  return new TargetError(kind, sentence(kind, details, doing), { cloudCode: nameOf(code), cause: error });
}

/** The gRPC code of an error of the SDK; null for any other. */
export function codeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error) || !('details' in error)) return null;
  return typeof error.code === 'number' && typeof error.details === 'string' ? error.code : null;
}

/** The request never left: a value of the job does not fit its field. */
const UNSENT = /^Request message serialization failure/;

export const isNotFound = (error: unknown): boolean => codeOf(error) === STATUS.NOT_FOUND;

const isAbort = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');

function kindOf(code: number, details: string, { creates }: Doing): TargetErrorKind {
  if (UNSENT.test(details)) return 'invalid';
  const kind = KINDS[code] ?? 'transient';
  if (kind === 'transient' && creates) return 'unknown-outcome';
  // One code for two things: calls that come too fast, and a plan or a region that is full.
  if (kind === 'throttled' && !/\brate\b/i.test(details) && /concurren|limit|quota|capacity/i.test(details)) {
    return 'capacity';
  }
  return kind;
}

function sentence(kind: TargetErrorKind, details: string, { what }: Doing): string {
  const said = details ? `Modal says: ${details.replace(/[.\s]*$/, '')}.` : '';
  const text = TEXTS[kind](what);
  return said ? `${text} ${said}` : text;
}

const TEXTS: Readonly<Record<TargetErrorKind, (what: string) => string>> = {
  throttled: () => 'Modal is limiting requests. The run starts as soon as it allows; nothing to do.',
  transient: (what) => `Modal had a short failure (${what}). It is tried again.`,
  'unknown-outcome': (what) => `Modal did not confirm (${what}). It is looked at and tried again.`,
  conflict: (what) => `Modal holds another sandbox of that name (${what}). It is looked at again.`,
  capacity: () =>
    "Modal has no room for the sandbox right now; it is tried again until the run's start limit. Choose another region, GPU or size, or raise the limit of your plan.",
  permission: (what) =>
    `The Modal token of the pool may not do this (${what}). Give it access to the environment, or store another token in the block.`,
  'not-found': (what) =>
    `Something that the job names does not exist in Modal (${what}). Check the pool's app_name, environment, secrets and image_registry.`,
  invalid: (what) => `Modal refused the job (${what}).`,
  credentials: () =>
    "The Modal token of the pool is no longer accepted. Store a new token in the pool's modal-credentials block; waiting runs start by themselves.",
};

const nameOf = (code: number): string =>
  Object.entries(STATUS).find(([, number]) => number === code)?.[0] ?? `code ${code}`;
