import { ClientError } from '../../shared/domain/errors.ts';
import { OLDEST_API_VERSION } from '../../shared/domain/prefect-version.ts';

/** Answered whatever API version the client speaks. */
export const VERSIONLESS: ReadonlySet<string> = new Set(['/health', '/version']);

/** A whole number as Python reads it. */
const WHOLE = /^\s*[-+]?\d+\s*$/;

/**
 * Throws 400 when the header `X-PREFECT-API-VERSION` is no version or one before the oldest that is served. Without the header
 * everything is served. Follows Prefect's `EnforceMinimumAPIVersion`, its missing blank included.
 */
export function assertApiVersion(path: string, headers: Readonly<Record<string, string | undefined>>): void {
  const given = headers['x-prefect-api-version'];
  if (!given || VERSIONLESS.has(path)) return;
  const parts = given.split('.');
  if (parts.length !== 3 || !parts.every((part) => WHOLE.test(part))) {
    throw new ClientError(
      'malformed',
      `Invalid X-PREFECT-API-VERSION header format.Expected header in format 'x.y.z' but received ${given}`,
    );
  }
  const oldest = OLDEST_API_VERSION.split('.').map(Number);
  const differs = parts.map((part, index) => Number(part) - oldest[index]!).find((difference) => difference !== 0);
  if ((differs ?? 0) >= 0) return;
  throw new ClientError(
    'malformed',
    `The request specified API version ${given} but this server requires version ${OLDEST_API_VERSION} or higher.`,
  );
}
