import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { type CliResult, type LocalHome, startLocalHome } from '../local-home.ts';
import { createDeployment, createPool, expectStatus } from '../runs.ts';

const UUID = '([0-9a-f]{8}-[0-9a-f-]{27})';
let home: LocalHome;
let bin: string;

beforeAll(async () => {
  bin = await ensureVenv(PREFECT);
  home = await startLocalHome({ bin });
});
afterAll(() => home?.stop());

type Command = readonly string[];
/** A command, and what its output must show; text, or a pattern. */
type Shows = readonly [command: Command, ...shows: (string | RegExp)[]];

/** Runs the commands in one process of the real CLI; each must end well and show what it is to show. */
async function cli(...steps: (Shows | readonly ['keep', string, string])[]): Promise<void> {
  const commands = steps.map((step) => (step[0] === 'keep' ? step : step[0]));
  const printed = await home.python([path.join(import.meta.dirname, 'commands.py'), JSON.stringify(commands)]);
  const line = printed.split('\n').find((text) => text.startsWith('RESULTS '))!;
  const results = JSON.parse(line.slice('RESULTS '.length)) as (Pick<CliResult, 'output'> & { exit: number })[];
  const shown = steps.filter((step): step is Shows => step[0] !== 'keep');
  for (const [index, [command, ...texts]] of shown.entries()) {
    const { exit, output } = results[index]!;
    expect(exit, `prefect ${command.join(' ')}\n${output}`).toBe(0);
    for (const text of texts) expect(output, `prefect ${command.join(' ')}`).toMatch(text);
  }
}

describe('the everyday commands of the prefect CLI', () => {
  it('work-pool and work-queue', () =>
    cli(
      [['work-pool', 'create', 'cli-pool', '--type', 'process:push'], /Created work pool 'cli-pool'/],
      [['work-pool', 'ls'], 'cli-pool'],
      [['work-pool', 'pause', 'cli-pool'], /Paused/],
      [['work-pool', 'resume', 'cli-pool'], /Resumed/],
      [['work-pool', 'set-concurrency-limit', 'cli-pool', '3'], /3/],
      [['work-pool', 'clear-concurrency-limit', 'cli-pool'], /Cleared/],
      [['work-pool', 'update', 'cli-pool', '--description', 'changed'], /Updated/],
      [['work-pool', 'inspect', 'cli-pool'], 'changed'],
      [['work-pool', 'preview', 'cli-pool', '--hours', '1']],
      [['work-pool', 'slots', 'cli-pool'], /0 active/],
      [['work-pool', 'get-default-base-job-template', '--type', 'process:push'], 'job_configuration'],
      [['work-queue', 'create', 'urgent', '--pool', 'cli-pool', '--priority', '1', '--limit', '2'], 'urgent'],
      [['work-queue', 'ls', '--pool', 'cli-pool'], 'urgent'],
      [['work-queue', 'pause', 'urgent', '--pool', 'cli-pool'], /paused/i],
      [['work-queue', 'resume', 'urgent', '--pool', 'cli-pool'], /resumed/i],
      [['work-queue', 'set-concurrency-limit', 'urgent', '4', '--pool', 'cli-pool'], /4/],
      [['work-queue', 'clear-concurrency-limit', 'urgent', '--pool', 'cli-pool'], /removed|cleared/i],
      [['work-queue', 'inspect', 'urgent', '--pool', 'cli-pool'], 'urgent'],
      [['work-queue', 'preview', 'urgent', '--pool', 'cli-pool']],
      [['work-queue', 'read-runs', 'urgent', '--pool', 'cli-pool'], /0 runs/],
      [['work-queue', 'delete', 'urgent', '--pool', 'cli-pool'], /deleted/i],
      [['work-pool', 'delete', 'cli-pool'], /Deleted/],
    ));

  it('flow, deployment, flow-run and task-run', async () => {
    await createPool(home, 'cli-runs');
    const deployment = await createDeployment(home, { flow: 'with_number', pool: 'cli-runs', name: 'cli' });
    const run = await expectStatus(201, home, 'POST', `/deployments/${deployment}/create_flow_run`, {
      name: 'cli-run',
      state: { type: 'SCHEDULED', state_details: { scheduled_time: '2099-01-01T00:00:00Z' } },
    });
    const task = await expectStatus(201, home, 'POST', '/task_runs/', {
      flow_run_id: run.id,
      task_key: 'task',
      dynamic_key: '0',
      name: 'cli-task',
      state: { type: 'RUNNING' },
    });
    const line = { name: 'l', level: 20, timestamp: new Date().toISOString(), flow_run_id: run.id };
    await home.call('POST', '/logs/', [
      { ...line, message: 'said by the flow' },
      { ...line, message: 'said by the task', task_run_id: task.id },
    ]);

    await cli(
      [['flow', 'ls'], 'with_number'],
      [['deployment', 'ls'], 'with_number/cli'],
      [['deployment', 'inspect', 'with_number/cli'], 'cli-runs'],
      [['deployment', 'schedule', 'create', 'with_number/cli', '--cron', '0 6 * * *'], /Created/],
      [['deployment', 'schedule', 'ls', 'with_number/cli'], /0 6 \* \* \*/],
      ['keep', 'schedule', UUID],
      [['deployment', 'schedule', 'pause', 'with_number/cli', '{schedule}'], /Paused/],
      [['deployment', 'schedule', 'resume', 'with_number/cli', '{schedule}'], /Resumed/],
      [['deployment', 'schedule', 'delete', 'with_number/cli', '{schedule}', '-y'], /Deleted/],
      [['flow-run', 'ls'], 'cli-run'],
      [['flow-run', 'inspect', run.id], 'cli-run'],
      [['flow-run', 'logs', run.id], 'said by the flow', 'said by the task'],
      [['task-run', 'ls'], 'cli-task'],
      [['task-run', 'inspect', task.id], 'cli-task'],
      [['task-run', 'logs', task.id], 'said by the task'],
      [['flow-run', 'cancel', run.id], /cancell/i],
      [['flow-run', 'delete', run.id], /deleted/i],
      [['deployment', 'delete', 'with_number/cli'], /Deleted/],
    );
  });

  it('block and variable', async () => {
    const type = await expectStatus(200, home, 'GET', '/block_types/slug/secret');
    const [schema] = await expectStatus(200, home, 'POST', '/block_schemas/filter', {
      block_schemas: { block_type_id: { any_: [type.id] } },
    });
    await expectStatus(201, home, 'POST', '/block_documents/', {
      name: 'cli-secret',
      block_type_id: type.id,
      block_schema_id: schema.id,
      data: { value: 'hidden words' },
    });

    await cli(
      [['block', 'ls'], 'cli-secret'],
      [['block', 'inspect', 'secret/cli-secret'], /cli-secret/, /\*{8}/],
      [['block', 'type', 'ls'], 'secret'],
      [['block', 'type', 'inspect', 'secret'], /[Ss]ecret/],
      [['block', 'register', '--module', 'prefect.blocks.notifications'], /registered/i],
      [['block', 'create', 'secret'], /blocks\/catalog\/secret\/create/],
      [['block', 'delete', 'secret/cli-secret'], /[Dd]eleted/],
      [['variable', 'set', 'cli_variable', 'one', '--tag', 'cli'], /Set variable/],
      [['variable', 'set', 'cli_variable', 'two', '--overwrite'], /Set variable/],
      [['variable', 'get', 'cli_variable'], 'two'],
      [['variable', 'inspect', 'cli_variable'], 'cli_variable'],
      [['variable', 'ls'], 'cli_variable'],
      [['variable', 'unset', 'cli_variable'], /Unset/],
    );
  });

  it('concurrency-limit and global-concurrency-limit', () =>
    cli(
      [['concurrency-limit', 'create', 'cli-tag', '2'], 'cli-tag'],
      [['concurrency-limit', 'ls'], 'cli-tag'],
      [['concurrency-limit', 'inspect', 'cli-tag'], 'cli-tag'],
      [['concurrency-limit', 'reset', 'cli-tag'], 'cli-tag'],
      [['concurrency-limit', 'delete', 'cli-tag'], 'cli-tag'],
      [['global-concurrency-limit', 'create', 'cli-limit', '--limit', '2'], /Created/],
      [['global-concurrency-limit', 'ls'], 'cli-limit'],
      [['global-concurrency-limit', 'update', 'cli-limit', '--limit', '5'], /Updated/],
      [['global-concurrency-limit', 'disable', 'cli-limit'], /Disabled/],
      [['global-concurrency-limit', 'enable', 'cli-limit'], /Enabled/],
      [['global-concurrency-limit', 'inspect', 'cli-limit'], 'cli-limit'],
      [['global-concurrency-limit', 'delete', 'cli-limit'], /Deleted/],
    ));

  it('artifact, event and automation', async () => {
    await expectStatus(201, home, 'POST', '/artifacts/', { key: 'cli-artifact', type: 'markdown', data: '# shown' });
    const file = path.join(home.clientEnv['HOME']!, 'automation.json');
    const automation = {
      name: 'cli-automation',
      trigger: { type: 'event', posture: 'Reactive', expect: ['cli.happened'], threshold: 1, within: 0 },
      actions: [{ type: 'do-nothing' }],
    };
    writeFileSync(file, JSON.stringify(automation));

    await cli(
      [['artifact', 'ls'], 'cli-artifact'],
      [['artifact', 'inspect', 'cli-artifact'], '# shown'],
      [['artifact', 'delete', 'cli-artifact'], /[Dd]eleted/],
      [['event', 'emit', 'cli.happened', '--resource-id', 'cli.thing'], /emitted/i],
      [['automation', 'create', '--from-file', file], /[Cc]reated/],
      [['automation', 'ls'], 'cli-automation'],
      [['automation', 'inspect', 'cli-automation'], 'cli.happened'],
      [['automation', 'pause', 'cli-automation'], /[Pp]aused/],
      [['automation', 'resume', 'cli-automation'], /[Rr]esumed/],
      [['automation', 'delete', 'cli-automation'], /[Dd]eleted/],
    );
  });
});
