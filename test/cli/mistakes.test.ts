import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, type CommandLineAtHome, commandLine, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
beforeAll(async () => {
  cli = await startCommandLine();
  await cli.json('work-pool', 'create', 'pool', '--type', 'process:push');
  await cli.json('deploy', '-n', 'job', '--pool', 'pool', '--command', 'true', '--flow-name', 'one');
  await cli.json('deploy', '-n', 'job', '--pool', 'pool', '--command', 'true', '--flow-name', 'two');
});
afterAll(() => cli.close());

/** What people get wrong: the words typed, the exit code, and what must be in the answer. */
const MISTAKES: readonly [args: string[], exitCode: number, sentences: string[]][] = [
  [[], 2, ['Usage: pushpool', 'work-pool']],
  [['wrok-pool'], 2, ["Unknown command 'wrok-pool'", 'Did you mean work-pool?']],
  [['work-pool'], 2, ['`pushpool work-pool --help` lists the commands']],
  [['work-pool', 'mkae', 'x'], 2, ["Unknown command 'mkae'"]],
  [['work-pool', 'create'], 2, ["Missing required argument 'name'", '`pushpool work-pool create --help`']],
  [
    ['work-pool', 'create', 'my', 'pool', '--type', 'process:push'],
    2,
    ['A name with spaces is put in quotes: "my pool"'],
  ],
  [['work-pool', 'create', 'x', '--typ', 'a'], 2, ["Unknown option '--typ'", 'Did you mean --type?']],
  [['work-pool', 'create', 'x'], 2, ['Give --type', 'process:push', 'ecs:push']],
  [
    ['work-pool', 'create', 'x', '--type', 'ecs-push'],
    2,
    ['no type of work pool "ecs-push"', 'Did you mean "ecs:push"?'],
  ],
  [['work-pool', 'create', 'x', '--type', 'lambda:push'], 2, ['no type of work pool "lambda:push"', 'Types are:']],
  [['work-pool', 'create', 'a/b', '--type', 'process:push'], 1, ['name']],
  [['work-pool', 'create', 'prefect-x', '--type', 'process:push'], 4, ['reserved for internal use']],
  [
    ['work-pool', 'create', 'x', '--type', 'process:push', '--concurrency-limit', 'many'],
    2,
    ['--concurrency-limit takes a whole number'],
  ],
  [
    ['work-pool', 'create', 'x', '--type', 'process:push', '--base-job-template', 'none.json'],
    2,
    ['The file none.json could not be read: there is no such file'],
  ],
  [
    ['work-pool', 'create', 'x', '--type', 'process:push', '--variable', 'nope=1'],
    2,
    ['no variable "nope"', 'command'],
  ],
  [
    ['work-pool', 'create', 'x', '--type', 'process:push', '--variable', 'nope'],
    2,
    ['--variable takes KEY=VALUE; "nope" has no "="'],
  ],
  [
    ['work-pool', 'create', 'x', '--type', 'process:push', '--credentials', 'aws-credentials/a'],
    2,
    ['no variable that takes a block of the type "aws-credentials"'],
  ],
  [['work-pool', 'create', 'x', '--type', 'ecs:push', '--credentials', 'keys'], 2, ['--credentials takes TYPE/NAME']],
  [['work-pool', 'create', 'x', '--type', 'ecs:push', '--credentials', 'aws-credentials/none'], 1, ['pushpool block']],
  [['work-pool', 'inspect', 'nowhere'], 1, ['Work pool "nowhere" not found.', '`pushpool work-pool ls`']],
  [['work-pool', 'update', 'pool'], 2, ['Say what to change']],
  [['deployment', 'run', 'nothing'], 1, ['no deployment "nothing"', '`pushpool deployment ls`']],
  [['deployment', 'run', 'flow/nothing'], 1, ['no deployment "flow/nothing"']],
  [['deployment', 'run', 'three/job'], 1, ['Did you mean', 'one/job']],
  [['deployment', 'run', 'job'], 1, ['More than one deployment is named "job"', 'one/job', 'two/job']],
  [['deployment', 'run', 'one/job', '--start-in', 'soon'], 2, ['--start-in takes a span such as 30s']],
  [['deployment', 'run', 'one/job', '--start-at', 'noon'], 2, ['--start-at takes a time such as']],
  [['deployment', 'run', 'one/job', '-p', 'x=1', '--params', '{}'], 2, ['cannot be used with']],
  [['deployment', 'run', 'one/job', '--params', '{"a":'], 2, ['The JSON is not JSON']],
  [['deployment', 'schedule', 'create', 'one/job'], 2, ['Give one of --cron, --interval or --rrule.']],
  [['deployment', 'schedule', 'create', 'one/job', '--cron', 'whenever'], 1, ['whenever']],
  [['deployment', 'schedule', 'create', 'one/job', '--cron', '0 5 * * *', '--timezone', 'Mars/Base'], 1, ['Mars/Base']],
  [['deployment', 'schedule', 'pause', 'one/job', 'morning'], 1, ['has no schedule "morning"', 'It has none at all.']],
  [['flow-run', 'inspect', 'nobody'], 1, ['no flow run with the id or name "nobody"', '`pushpool flow-run ls`']],
  [['flow-run', 'inspect', '00000000-0000-0000-0000-000000000000'], 1, ['`pushpool flow-run ls`']],
  [['flow-run', 'ls', '--state-type', 'WALKING'], 2, ['State types are SCHEDULED']],
  [['flow-run', 'ls', '--limit', '0'], 2, ['--limit takes a whole number from 1']],
  [['block', 'create'], 2, ["Required option '-t, --type <slug>' not specified"]],
  [['block', 'create', '-t', 'gold', '-n', 'a'], 2, ['no block type "gold"', 'aws-credentials']],
  [['block', 'create', '-t', 'secret', '-n', 'a'], 2, ['The field "value" is missing: give --field value=…']],
  [['block', 'create', '-t', 'secret', '-n', 'Not Good', '--field', 'value=1'], 1, ['lowercase']],
  [
    ['block', 'create', '-t', 'secret', '-n', 'a', '--field', 'valeu=1'],
    2,
    ['no field "valeu"', 'Its fields are: value'],
  ],
  [['block', 'inspect', 'secret'], 2, ['Name the block as TYPE/NAME']],
  [['variable', 'get', 'nothing'], 1, ['`pushpool variable ls`']],
  [['variable', 'set', 'Not Good', '1'], 1, ['lowercase']],
  [
    ['config', 'set', 'PREFECT_LOGGING_LEVEL=DEBUG'],
    2,
    ['reads no setting "PREFECT_LOGGING_LEVEL"', '`prefect config set`'],
  ],
  [['config', 'set', 'PREFECT_API_URL'], 2, ['PREFECT_API_URL=VALUE']],
  [['config', 'set', 'PREFECT_API_URL=localhost'], 2, ['is not an address']],
  [['completion', 'tcsh'], 2, ['no completion for "tcsh"', 'bash, zsh, fish']],
  [['api-key', 'create', '--data', 'nowhere'], 2, ['Name the key']],
  [['api-key', 'create', 'me', '--role', 'king'], 2, ['admin, editor, viewer']],
  [['api-key', 'create', 'me', '--data', 'nowhere'], 1, ['There is no data folder']],
  [['api-key', 'ls', '--data', 'a', '--stack', 'b'], 2, ['cannot be used with']],
  [['api-key', 'ls', '--data', 'data'], 1, ['uses the data folder', 'Stop it']],
  [['deploy', '--all'], 2, ['There is no prefect.yaml in', 'pushpool deploy flow.py:my_flow']],
  [['deploy', '--prefect-file', 'none.yaml'], 2, ['There is no file none.yaml']],
  [['deploy', 'flow.py:x', '-n', 'a'], 2, ['Which work pool? Give --pool']],
  [['deploy', 'flow.py:x', '--pool', 'pool'], 2, ['The deployment has no name']],
  [
    ['deploy', 'flow.py:x', '-n', 'a', '--pool', 'nowhere'],
    1,
    ['There is no work pool "nowhere"', 'pushpool work-pool create'],
  ],
  [['deploy', '-n', 'a', '--pool', 'pool', '--command', 'true', '--cron', 'whenever'], 1, ['whenever']],
  [['deploy', '-n', 'a', '--pool', 'pool', '--command', 'true', '--trigger', '[1'], 2, ['--trigger']],
  [
    ['deploy', '-n', 'a', '--pool', 'pool', '--command', 'true', '--collision-strategy', 'ENQUEUE'],
    2,
    ['goes with --concurrency-limit'],
  ],
  [['work-pool', 'ls', '--api-url', 'localhost:4200'], 2, ['is not an address of an API', 'http://127.0.0.1:4200/api']],
];

describe('a mistake', () => {
  it.each(MISTAKES.map((row) => [`pushpool ${row[0].join(' ')}`, ...row] as const))(
    '%s',
    async (_line, args, exitCode, sentences) => {
      const result = await cli.run(args);

      expect(result.stdout).toBe('');
      for (const sentence of sentences) expect(result.stderr).toContain(sentence);
      expect(result.exitCode).toBe(exitCode);
      expect(result.stderr).not.toMatch(/\n\s+at /); // no stack
      expect(result.stderr).not.toContain('This should not happen');
    },
  );
});

describe('without a server', () => {
  let nobody: CommandLine;
  beforeAll(() => {
    nobody = commandLine(mkdtempSync(path.join(tmpdir(), 'pushpool-nobody-')), {
      PREFECT_API_URL: 'http://127.0.0.1:9/api',
    });
  });
  afterAll(() => rmSync(nobody.folder, { recursive: true, force: true }));

  it('the sentence says which address, and how to start or name a home; the exit code is 3', async () => {
    const { exitCode, stderr } = await nobody.run(['work-pool', 'ls']);

    expect(exitCode).toBe(3);
    expect(stderr).toContain('http://127.0.0.1:9/api');
    expect(stderr).toContain('`pushpool dev`');
    expect(stderr).toContain('PREFECT_API_URL');
  });

  it('an address that answers something else is not taken for an API', async () => {
    const { exitCode, stderr } = await cli.run([
      'work-pool',
      'ls',
      '--api-url',
      cli.home.apiUrl.replace(/api$/, 'wrong'),
    ]);

    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).not.toContain('This should not happen');
  });
});
