import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { sendMails } from '../../../shared/operations/automations/outgoing-mail.ts';
import { type ReceivedMail, type SmtpReceiver, startSmtpReceiver } from '../../fakes/smtp-receiver.ts';

/** The ports of the receivers stand for `STARTTLS`, `SSL` and `PLAIN`. */
const CASES = [
  ['as little as it takes', 'mailto://me:s3cret@example.com:PLAIN?smtp=localhost', 'Subj', 'a body'],
  ['by STARTTLS', 'mailtos://me:s3cret@example.com:STARTTLS/you@example.com?smtp=localhost', 'Sübject', 'lïne'],
  [
    'over TLS',
    'mailtos://me:s3cret@example.com:SSL/you@example.com?smtp=localhost&mode=ssl',
    'Subj',
    '<b>bold</b> & on',
  ],
  [
    'to many, with names, copies and headers',
    'mailto://me:s3cret@example.com:PLAIN/a@x.org/b@y.org?smtp=localhost&from=Bot%20<bot+1@z.org>&to=Eve%20<e@x.org>,f@x.org' +
      '&cc=c@x.org,a@x.org&bcc=g@x.org',
    'Subj',
    'b',
  ],
  [
    'to one, with an address for answers and a header',
    'mailto://me:s3cret@example.com:PLAIN/a@x.org?smtp=localhost&reply=Rita%20<r@x.org>&+X-Order=17',
    'Subj',
    'b',
  ],
  [
    'from a sender with a name',
    'mailto://me%40example.com:s3cret@mail.example.com:PLAIN/o@x.org?smtp=localhost&name=Ops',
    'S',
    'b',
  ],
  ['by this machine', 'mailto://me:s3cret@localhost:PLAIN/o@x.org', '', 'b'],
  ['to what is no address', 'mailto://me:s3cret@example.com:PLAIN/nobody/a@x.org?smtp=localhost', 'S', 'b'],
  ['with a wrong password', 'mailto://me:wrong@example.com:PLAIN?smtp=localhost', 'S', 'b'],
  ['by STARTTLS where none is offered', 'mailtos://me@example.com:PLAIN?smtp=localhost', 'S', 'b'],
  ['by a certificate for another name', 'mailtos://me:s3cret@example.com:STARTTLS?smtp=127.0.0.2', 'S', 'b'],
  ['without a sender', 'mailto://example.com:PLAIN?smtp=localhost', 'S', 'b'],
] as const;

const USERS = { me: 's3cret', 'me@example.com': 's3cret' };

const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-mail-'));
const receivers: Record<string, SmtpReceiver> = {};
let theirs: { error: string | null; mails: ReceivedMail[] }[];
let ours: typeof theirs;

beforeAll(async () => {
  const python = path.join(await ensureVenv(PREFECT), 'python');
  const { key, cert } = JSON.parse(await run(python, 'certificate.py', '')) as { key: string; cert: string };
  const trusted = path.join(folder, 'trusted.pem');
  writeFileSync(trusted, cert);
  setDefaultCACertificates([...getCACertificates('default'), cert]);
  receivers['PLAIN'] = await startSmtpReceiver({ users: USERS });
  receivers['STARTTLS'] = await startSmtpReceiver({ users: USERS, tls: { key, cert } });
  receivers['SSL'] = await startSmtpReceiver({ users: USERS, tls: { key, cert, implicit: true } });
  const cases = CASES.map(([, url, subject, body], index) => ({
    url: withPorts(url),
    subject,
    body: `${body} ${bodyOf(index)}`,
  }));

  ours = [];
  for (const { url, subject, body } of cases) {
    const failures = (await sendMails(url, { name: 'my block', subject, body }, 10)).filter(
      (outcome) => outcome !== null,
    );
    ours.push({ error: failures[0]?.log ?? null, mails: received() });
  }
  const errors = JSON.parse(
    await run(python, 'mail.py', JSON.stringify(cases), { SSL_CERT_FILE: trusted }),
  ) as string[];
  const mails = received();
  theirs = errors.map((error, index) => ({ error, mails: mails.filter(({ text }) => text.includes(bodyOf(index))) }));
});
afterAll(async () => {
  await Promise.all(Object.values(receivers).map((receiver) => receiver.close()));
  rmSync(folder, { recursive: true });
});

describe('a mail by an Apprise URL', () => {
  it.each(CASES.map(([what], index) => [what, index] as const))('%s arrives as Prefect sends it', (_, index) => {
    const [mine, real] = [ours[index]!, theirs[index]!];

    expect(mine.error === null, mine.error ?? real.error ?? '').toBe(real.error === null);
    expect(mine.mails.map(comparable)).toEqual(real.mails.map(comparable));
  });

  it('is refused by Prefect in four cases, and sent to four receivers in one', () => {
    const outcomes = theirs.map(({ error, mails }) => (error ? 'refused' : mails.length));

    expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(4);
    expect(outcomes).toContain(4);
  });
});

/** Every mail says which case it belongs to. */
const bodyOf = (index: number): string => `case ${index}.`;

const withPorts = (url: string): string =>
  url.replace(/:(PLAIN|STARTTLS|SSL)\b/, (_, name: string) => `:${receivers[name]!.port}`);

/** Since the last time. */
const received = (): ReceivedMail[] => Object.values(receivers).flatMap(({ mails }) => mails.splice(0));

const HEADERS = ['subject', 'from', 'to', 'cc', 'reply-to', 'x-application', 'x-order'];

/** What a reader sees: headers, and the HTML of the body, however they are encoded. */
function comparable({ from, to, text, user, secure }: ReceivedMail) {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const fields = head
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => line.split(/:\s*(.*)/s) as [string, string])
    .map(([name, value]) => [name.toLowerCase(), words(value)] as const)
    .filter(([name, value]) => HEADERS.includes(name) && value !== '');
  const html =
    rest
      .join('\r\n\r\n')
      .split(/^--.*$/m)
      .find((part) => /content-type: text\/html/i.test(part)) ?? '';
  const body = quotedPrintable(html.split('\r\n\r\n').slice(1).join('\n')).trim();
  return { from, to: to.toSorted(), user, secure, fields: fields.toSorted(), body };
}

/** RFC 2047, in either of its encodings. */
const words = (value: string): string =>
  value
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString() : quotedPrintable(text.replaceAll('_', ' ')),
    )
    .replace(/"([^"]*)"/g, '$1')
    .split(/,\s*/)
    .toSorted()
    .join(', ');

const quotedPrintable = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

function run(python: string, script: string, input: string, more: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent', PREFECT_HOME: folder, DO_NOT_TRACK: '1', ...more };
    const child = execFile(python, [path.join(import.meta.dirname, script)], { env }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout),
    );
    child.stdin!.end(input);
  });
}
