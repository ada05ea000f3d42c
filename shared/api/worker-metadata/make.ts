import { readFileSync, writeFileSync } from 'node:fs';
import { pushTypes } from './push-types.ts';

/**
 * Writes the types of push work pools into data/worker-metadata.json, derived from Prefect's worker types that stand in the same
 * file. For newer worker types put Prefect's `aggregate-worker-metadata` in its place and run
 * `node shared/api/worker-metadata/make.ts` again.
 */
const file = new URL('../data/worker-metadata.json', import.meta.url);

export function withPushTypes(text: string): string {
  const { pushpool: _, ...workers } = JSON.parse(text) as Parameters<typeof pushTypes>[0];
  return `${JSON.stringify({ ...workers, pushpool: pushTypes(workers) }, null, 1)}\n`;
}

if (import.meta.main) writeFileSync(file, withPushTypes(readFileSync(file, 'utf8')));
