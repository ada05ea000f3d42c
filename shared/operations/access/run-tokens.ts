import { timingSafeEqual } from 'node:crypto';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../app.ts';

/**
 * The token of one attempt of a flow run: `ppr.<run id>.<attempt>.<tag>`, the tag signed by the home's key. It is derived, not
 * stored, so that a repeated submission carries the same one (targets 1.2) and nobody can lose it.
 */
const PREFIX = 'ppr';
/** How long a container may still speak after it was seen to end: hooks, last logs and task events come late (rule 8). */
const AFTER_END_SECONDS = 60;

export async function runToken(app: App, flowRunId: string, attempt: number): Promise<string> {
  const subject = `${PREFIX}.${flowRunId}.${attempt}`;
  return `${subject}.${await app.secrets.sign(subject)}`;
}

/** Whose token it is, by its signature alone; null when it is none of ours. Constant time for a wrong tag. */
export async function readRunToken(app: App, token: string): Promise<{ flowRunId: string; attempt: number } | null> {
  const [prefix, flowRunId = '', attempt = '', tag = ''] = token.split('.');
  if (prefix !== PREFIX) return null;
  const wanted = Buffer.from(await app.secrets.sign(`${PREFIX}.${flowRunId}.${attempt}`));
  const given = Buffer.from(tag);
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return null;
  return { flowRunId, attempt: Number(attempt) };
}

/** False once the attempt's container was seen to end a minute ago, or the run is gone. */
export function tokenLives(doc: FlowRunDocument, attempt: number, now: Date): boolean {
  if (doc.life.tombstone || attempt > doc.life.attempt) return false;
  if (attempt < doc.life.attempt) return doc.life.previous?.attempt === attempt;
  const { ended } = doc.life;
  return !ended || now.getTime() - new Date(ended.at).getTime() < AFTER_END_SECONDS * 1000;
}
