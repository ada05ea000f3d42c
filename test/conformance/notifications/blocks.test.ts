import { execFile } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import type { JsonObject } from '../../../shared/domain/json/json.ts';
import type { NotificationRequest } from '../../../shared/domain/notifications/notification.ts';
import { SENDERS } from '../../../shared/domain/notifications/senders.ts';
import { CASES } from './cases.ts';

interface Recorded {
  readonly error: string | null;
  readonly requests: NotificationRequest[];
}

let recorded: Recorded[];
beforeAll(async () => {
  recorded = await record(path.join(await ensureVenv(PREFECT), 'python'));
});

describe('a notification', () => {
  it.each(CASES.map((given, index) => [`${given.slug}: ${given.what}`, given, index] as const))(
    'is sent as Prefect sends it by %s',
    (_, { slug, data, subject, body }, index) => {
      const { error, requests } = recorded[index]!;

      const ours = SENDERS[slug]!(data, { name: 'my block', subject, body });

      expect(error).toBeNull();
      expect(sorted(ours)).toEqual(sorted(requests));
    },
  );

  it('is known for every block of Prefect that sends some', () => {
    expect([...new Set(CASES.map(({ slug }) => slug))].sort()).toEqual(Object.keys(SENDERS).sort());
  });
});

/** Receivers have no order. */
const sorted = (requests: readonly NotificationRequest[]): unknown[] =>
  requests.map(comparable).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

const COMPARED = ['authorization', 'content-type', 'cookie', 'x-a'];

/** Without what is Apprise's own or the present time. */
function comparable({ method, url, headers, body }: NotificationRequest): unknown {
  const names = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const kept = names
    .filter(([name]) => COMPARED.includes(name))
    .map(([name, value]) => [name, value.replace(/; charset=utf-8$/, '')]);
  return { method, url: new URL(url).href, headers: Object.fromEntries(kept), body: parsed(body) };
}

function parsed(body: string | null): unknown {
  if (!body?.startsWith('{')) return body || null;
  const json = JSON.parse(body) as JsonObject & { attachments?: JsonObject[]; payload?: JsonObject };
  for (const attachment of json.attachments ?? []) delete attachment['ts'];
  // PagerDuty's summary ends in the line break and space that Prefect puts in the place of the body.
  const summary = json.payload?.['summary'];
  if (typeof summary === 'string') json.payload!['summary'] = summary.trim();
  // Prefect gives this one block no name of its own: it says "Apprise".
  if (json['username'] === 'Apprise') json['username'] = 'Prefect Notifications';
  // On its way to Apprise Prefect's Discord block loses the name of the bot.
  if ('tts' in json) delete json['username'];
  return json;
}

function record(python: string): Promise<Recorded[]> {
  return new Promise((resolve, reject) => {
    const script = path.join(import.meta.dirname, 'record.py');
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent', PREFECT_HOME: '/tmp', DO_NOT_TRACK: '1' };
    const child = execFile(python, [script], { env, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(JSON.parse(stdout)),
    );
    child.stdin!.end(JSON.stringify(CASES));
  });
}
