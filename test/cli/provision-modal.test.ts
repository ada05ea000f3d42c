import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Front, startFront } from '../fakes/front.ts';
import { type JsonAnswer, type JsonServer, startJsonServer } from '../fakes/json-server.ts';
import { call } from '../infra/local/push-pool.ts';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

const STORED = '/api/block_documents/';
const TOKEN = { MODAL_TOKEN_ID: 'ak-1', MODAL_TOKEN_SECRET: 'as-1' };

let cli: CommandLineAtHome;
let refuser: JsonServer;
let front: Front;
/** What the next changes of blocks are answered instead. */
let refusals: JsonAnswer[] = [];
beforeAll(async () => {
  cli = await startCommandLine();
  refuser = await startJsonServer(() => refusals.shift()!);
  const home = cli.home.apiUrl.replace(/\/api$/, '');
  front = await startFront((path) => (path === STORED && refusals.length > 0 ? refuser.url : home) + path);
});
afterAll(async () => {
  await front.close();
  await refuser.close();
  await cli.close();
});
let pools = 0;
let pool: string;
beforeEach(() => {
  refusals = [];
  pool = `modal-${++pools}`;
});

const run = (...args: string[]) => cli.run(args, { env: { ...TOKEN, PREFECT_API_URL: `${front.url}/api` } });
const create = (...more: string[]) =>
  run('work-pool', 'create', pool, '--type', 'modal:push', '--provision-infra', ...more);
const provision = () => run('work-pool', 'provision-infra', pool);
const blocks = async () => {
  const { body } = await call(cli.home.apiUrl, 'POST', '/block_documents/filter', { include_secrets: true });
  return (body as { id: string; name: string; data: object }[]).filter(({ name }) => name.startsWith(pool));
};
const ready = async () => {
  const [block, ...others] = await blocks();
  const { base_job_template } = (await call(cli.home.apiUrl, 'GET', `/work_pools/${pool}`)).body;
  expect(others).toEqual([]);
  expect(block).toMatchObject({ name: `${pool}-modal-credentials`, data: { token_id: 'ak-1', token_secret: 'as-1' } });
  expect(base_job_template.variables.properties.modal_credentials.default).toEqual({
    $ref: { block_document_id: block!.id },
  });
};
const MADE = /will require:\n\n {2}- Storing your Modal token in a block: modal-\d+-modal-credentials\n/;

/** Modal needs one thing: a block with the person's token. */
describe('what a Modal push pool needs', () => {
  it('is planned and made, and found again', async () => {
    const first = await create();
    const again = await provision();

    expect([first.exitCode, again.exitCode]).toEqual([0, 0]);
    expect(first.stderr).toMatch(MADE);
    expect(again.stderr).toContain(`No additional infrastructure required for work pool ${pool}.`);
    await ready();
  });

  it('is used where only the block is there', async () => {
    await create();
    await run('work-pool', 'delete', pool, '--yes');

    const { stderr } = await create();

    expect(stderr).toMatch(/Already there, and used as it is:\n\n {2}- your Modal token in a block: modal-/);
    await ready();
  });

  it('is not made where it may not be: says so, and goes on once it may', async () => {
    refusals = [{ status: 403, body: { detail: 'This API key may only look.' } }];
    const refused = await create();
    const mended = await create();

    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/This API key may only look\..* Nothing was made\..* Run the same command again/);
    expect(mended.exitCode).toBe(0);
    await ready();
  });

  it('is made once, however often it is told to wait', async () => {
    const busy = { status: 429, headers: { 'retry-after': '0' }, body: { detail: 'Slow down' } };
    refusals = [busy, busy];

    expect((await create()).exitCode).toBe(0);
    expect(refusals).toEqual([]);
    await ready();
  });

  it('is used where somebody has stored it under the name, and stays when the pool is deprovisioned', async () => {
    const theirs = ['--field', 'token_id=ak-2', '--field', 'token_secret=as-2'];
    await run('block', 'create', '--type', 'modal-credentials', '--name', `${pool}-modal-credentials`, ...theirs);

    await create();
    const removed = await run('work-pool', 'deprovision-infra', pool);

    expect(removed.stderr).toContain('(it holds another token than yours, ');
    expect(await blocks()).toMatchObject([{ data: { token_id: 'ak-2' } }]);
  });

  it('keeps a block that another pool refers to when it is removed, and removes it with the last one', async () => {
    await create();
    const [block] = await blocks();
    const other = `${pool}-other`;
    await run(
      'work-pool',
      'create',
      other,
      '--type',
      'modal:push',
      '--credentials',
      `modal-credentials/${block!.name}`,
    );

    const shared = await run('work-pool', 'deprovision-infra', pool);
    await run('work-pool', 'delete', other, '--yes');
    const alone = await run('work-pool', 'deprovision-infra', pool);

    expect(shared.stderr).toContain(`(work pool ${other} uses it too)`);
    expect(alone.stdout).toContain('Removed 1 resource.');
    expect(await blocks()).toEqual([]);
  });
});
