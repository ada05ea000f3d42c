import { ApiError } from '../shared/api/client/errors.ts';

/** For `.catch`: null when the server knows no such thing; any other error goes on. */
export function absent(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}
