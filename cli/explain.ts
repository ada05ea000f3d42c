import { ApiError, UnreachableError } from '../shared/api/client/errors.ts';
import { PushpoolError } from '../shared/domain/errors.ts';
import { Failure, Interrupted, UsageError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

export interface Explanation {
  /** For people: what happened and what to do about it. */
  readonly message: string;
  readonly exitCode: number;
}

/** The one place that turns an error into a sentence and an exit code; a stack is never shown for a mistake of the user's. */
export function explain(error: unknown): Explanation {
  if (error instanceof UsageError) return { message: error.message, exitCode: EXIT.usage };
  if (error instanceof Failure) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof Interrupted) return { message: error.message, exitCode: EXIT.interrupted };
  if (error instanceof ApiError) return explainRefusal(error);
  if (error instanceof UnreachableError) return { message: unreachable(error), exitCode: EXIT.unreachable };
  if (error instanceof PushpoolError) return { message: error.message, exitCode: EXIT.failed };
  const { name, message } = error as Error;
  if (name === 'AbortError' || name === 'ExitPromptError') {
    return { message: 'Stopped. What had not been sent yet was not done.', exitCode: EXIT.interrupted };
  }
  return {
    message: `This should not happen: ${message}. Set PUSHPOOL_DEBUG=1 to see where, and please report it.`,
    exitCode: EXIT.failed,
  };
}

function unreachable(error: UnreachableError): string {
  return `${error.message} Start a home with \`pushpool dev\`, or name another with PREFECT_API_URL, --api-url or \`pushpool config set PREFECT_API_URL=…\`. \`pushpool config view\` shows where the address comes from.`;
}

/** Where to look for what the server does not know, by the beginning of the request's path. */
const LISTS: readonly [string, string][] = [
  ['/work_pools/', 'pushpool work-pool ls'],
  ['/deployments/', 'pushpool deployment ls'],
  ['/flow_runs/', 'pushpool flow-run ls'],
  ['/block_types/', 'pushpool block type ls'],
  ['/block_documents/', 'pushpool block ls'],
  ['/api_keys/', 'pushpool api-key ls'],
  ['/variables/', 'pushpool variable ls'],
  ['/v2/concurrency_limits/', 'pushpool concurrency-limit ls'],
];

function explainRefusal(error: ApiError): Explanation {
  const message = withStop(error.message);
  if (error.status === 401) {
    return {
      message: `The server does not know who is asking: ${message} Set PREFECT_API_KEY to a key made with \`pushpool api-key create\`.`,
      exitCode: EXIT.forbidden,
    };
  }
  if (error.status === 403) {
    return {
      message: `${message} If the key's role is too low, an admin makes another: \`pushpool api-key create NAME --role editor\`.`,
      exitCode: EXIT.forbidden,
    };
  }
  if (error.status === 404) {
    const list = LISTS.find(([path]) => error.path.startsWith(path))?.[1];
    return { message: list ? `${message} \`${list}\` lists what there is.` : message, exitCode: EXIT.failed };
  }
  if (error.status === 429 || error.status >= 500) {
    return { message: `The server could not answer (${error.status}): ${message} Try again.`, exitCode: EXIT.failed };
  }
  return { message, exitCode: EXIT.failed };
}

const withStop = (sentence: string) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
