import { parseLossless } from '../../../shared/domain/json/lossless-json.ts';
import { resolve, type Scenario } from '../differential/scenario.ts';
import type { GoType } from './go-types.ts';

/** One request of the provider, and what makes it content. */
export interface Call {
  /** `METHOD /path`; `$name.field` stands for what an earlier answer held. */
  readonly call: string;
  readonly body?: unknown;
  /** The statuses that the provider takes for success; where it asks for something that is gone, the one it knows that by. */
  readonly accepts: readonly number[];
  readonly decode?: GoType;
  /** Fields that must be read back as they stand in the configuration, or each plan shows a change. */
  readonly reads?: unknown;
  readonly as?: string;
}

/** What Terraform asks of one resource from `apply` to `destroy`. */
export interface Life {
  readonly name: string;
  readonly calls: readonly Call[];
}

/** A call whose answer was not what the provider needs. */
export interface Complaint {
  readonly call: string;
  readonly why: string;
}

export const GONE = [404];

/** The requests alone, for the comparison with Prefect's server. */
export const scenarioOf = ({ name, calls }: Life): Scenario => ({
  name: `Terraform: ${name}`,
  steps: calls.map(({ call, body, as }) => [call, body, as ?? ''] as const),
});

/** Sends the requests as the provider does; what it would not be content with. */
export async function complaints(apiUrl: string, { calls }: Life): Promise<Complaint[]> {
  const answers = new Map<string, unknown>();
  const found: Complaint[] = [];
  for (const { call, body, accepts, decode, reads, as } of calls) {
    const [method, path] = call.split(' ') as [string, string];
    const response = await fetch(`${apiUrl}${resolve(path, answers)}`, {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      ...(body !== undefined && { body: `${JSON.stringify(resolve(body, answers))}\n` }),
    });
    const text = await response.text();
    if (!accepts.includes(response.status)) found.push({ call, why: `status ${response.status}: ${text}` });
    if (as) answers.set(as, JSON.parse(text));
    if (!decode) continue;
    try {
      const read = decode.decode(parseLossless(text), '');
      found.push(...unlike(resolve(reads ?? {}, answers), read, '').map((why) => ({ call, why })));
    } catch (error) {
      found.push({ call, why: (error as Error).message });
    }
  }
  return found;
}

/** Where what was read differs from what is configured; keys of objects that are not configured do not matter. */
function unlike(configured: unknown, read: unknown, path: string): string[] {
  if (configured !== null && typeof configured === 'object') {
    if (read === null || typeof read !== 'object') return [`${path}: ${JSON.stringify(read)} was read`];
    const tooMany = Array.isArray(configured) && (read as unknown[]).length !== configured.length;
    if (tooMany) return [`${path}: ${(read as unknown[]).length} were read`];
    return Object.entries(configured).flatMap(([key, value]) =>
      unlike(value, (read as Record<string, unknown>)[key], `${path}/${key}`),
    );
  }
  return Object.is(configured, read)
    ? []
    : [`${path}: ${JSON.stringify(read)} was read for ${JSON.stringify(configured)}`];
}
