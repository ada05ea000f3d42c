import { ConflictError } from '../domain/errors.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** Remembers for a while which entity a request has made, so that the same request made again finds it. */
export interface RequestLocks {
  /**
   * Takes the request for `id` until a time, or returns the id that holds it at `now`. Of concurrent callers one wins.
   * Throws `ConflictError` when they keep interfering.
   */
  claim(hash: string, id: string, now: Date, until: Date): Promise<string>;
}

interface Claim {
  id: string;
  until: string;
}

const ATTEMPTS = 5;
/** How long DynamoDB keeps a claim that has run out, so that it is replaced under its revision and never deleted by two. */
const KEPT_MILLIS = 3_600_000;

export function requestLocks(table: Table): RequestLocks {
  return {
    async claim(hash, id, now, until) {
      const key = keys.onceForRequest(hash);
      const doc: Claim = { id, until: until.toISOString() };
      const write = { key, doc, expiresAt: new Date(until.getTime() + KEPT_MILLIS) };
      for (let attempt = 1; ; attempt++) {
        const stored = await table.get<Claim>(key);
        if (stored && stored.doc.until > now.toISOString()) return stored.doc.id;
        try {
          await (stored ? table.replace(stored, write) : table.create(write));
          return id;
        } catch (error) {
          if (!(error instanceof ConflictError) || attempt >= ATTEMPTS) throw error;
        }
      }
    },
  };
}
