import { readFile } from 'node:fs/promises';

/**
 * Data files that are packed beside the program, not into its JavaScript: what only some requests need must not be parsed
 * at every cold start. From source they lie in `shared/api/data`, beside a bundle in its folder `data`.
 */
const PLACES = ['../api/data/', './data/'];
const parsed = new Map<string, Promise<unknown>>();

/** The JSON of a data file by its name (`worker-metadata.json`), read once per process. Do not change what it returns. */
export function readPackagedData<Data>(name: string): Promise<Data> {
  const known = parsed.get(name) ?? readPackagedText(name).then((text) => JSON.parse(text) as unknown);
  parsed.set(name, known);
  return known as Promise<Data>;
}

/** The text of a data file. Throws when it was not packed. */
export async function readPackagedText(name: string): Promise<string> {
  const missing: unknown[] = [];
  for (const place of PLACES) {
    try {
      return await readFile(new URL(place + name, import.meta.url), 'utf8');
    } catch (error) {
      missing.push(error);
    }
  }
  throw new AggregateError(missing, `The data file ${name} was not packed with this program.`);
}
