import { createHash } from 'node:crypto';

/**
 * Names of containers are pure functions of run and attempt, so that a repeated submission finds what the first one made
 * (targets.md 1.2). Both are lower case letters, digits and single dashes.
 */

/** A readable part of a name, at most `length` characters; empty when nothing of the text is left. */
export function slug(text: string, length: number): string {
  const plain = text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  const dashed = plain.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return dashed.replace(/^-+/, '').slice(0, length).replace(/-+$/, '');
}

/** The first `digits` hex digits of SHA-256 over `runId/attempt`. */
export function attemptHash(at: { readonly flowRunId: string; readonly attempt: number }, digits: number): string {
  return createHash('sha256').update(`${at.flowRunId}/${at.attempt}`).digest('hex').slice(0, digits);
}
