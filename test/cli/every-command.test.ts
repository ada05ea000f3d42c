import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { completionScript, SHELLS } from '../../cli/completion/script.ts';
import { createProgram } from '../../cli/program.ts';
import { type Home, startHome } from '../../infra/local/home.ts';
import { FakeEcs } from '../fakes/ecs/ecs-cloud.ts';
import { type CommandLineAtHome, type Result, startCommandLine } from './command-line.ts';
import { makeWorldOfExamples } from './examples-world.ts';
import { type CommandOfTree, commandCalledBy, everyCommand, SILENT, wordsOfExample } from './tree.ts';

const COMMANDS = everyCommand();
const DESTROYS = /(delete|revoke)$/;
const MAKES = /(create|set)$/;
/** Commands that ask no API, or not first: what they say is shown where they are tested. */
const BY_ITSELF = /^(dev|config|completion|version|doctor)\b/;
/** Examples that need a cloud account, a data folder without a home, or do not end. */
const ELSEWHERE = /pushpool dev|provision-infra|--stack|--data/;
/** What is done before an example, so that what it makes is not there, or what it stops is. */
const BEFORE: Readonly<Record<string, string>> = {
  'work-pool create': 'work-pool delete my-pool --yes',
  // schedules with slugs are not replaced by one without
  deploy: 'deployment schedule delete hello/nightly morning --yes',
  'deployment schedule create': 'deployment schedule delete hello/nightly morning --yes',
  'deployment schedule pause': 'deployment schedule create hello/nightly --interval 7200 --slug morning',
  'block create': 'block delete aws-credentials/my-keys --yes',
  'variable set': 'variable delete region --yes',
  'concurrency-limit create': 'concurrency-limit delete database --yes',
  'flow-run cancel': 'deployment run hello/nightly --start-in 1h --flow-run-name witty-otter',
};

const examplesOf = ({ path, examples }: CommandOfTree) => examples.map((example) => ({ path, example }));
const said = ({ exitCode, stdout, stderr }: Result, example: string) => `${example}\n${exitCode} ${stdout}${stderr}`;

let ecs: FakeEcs;
let cli: CommandLineAtHome;
beforeAll(async () => {
  // no login of this machine is found, and none is looked for in a network
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID']) vi.stubEnv(name, '');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  ecs = await new FakeEcs(() => new Date()).start();
  cli = await startCommandLine({ aws: ecs.url });
});
afterAll(async () => {
  await cli.close();
  await ecs.close();
  vi.unstubAllEnvs();
});

describe('every command', () => {
  it.each(COMMANDS)('$path has a description, --json, and examples that call it', async ({ path, help, examples }) => {
    expect(help).toMatch(new RegExp(`^Usage: pushpool ${path}\\b.*\\n\\n\\S`));
    expect(help).toContain('--json');
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples.filter((each) => each !== 'pushpool --version')) {
      expect(example).toContain(`pushpool ${path}`);
      expect(await commandCalledBy(wordsOfExample(example))).toBe(path);
    }
  });

  it('is completed by each shell, with its options', () => {
    const program = createProgram(SILENT);

    for (const shell of Object.keys(SHELLS) as (keyof typeof SHELLS)[]) {
      const script = completionScript(shell, program);
      for (const { path, help } of COMMANDS) {
        const [flag] = /(?<=--)[a-z-]+/.exec(help.split('Options:')[1] ?? '') ?? [''];
        const line = new RegExp(`["']${path}["'].*${shell === 'fish' ? `-l ${flag}` : `--${flag}`}`, 'm');
        expect(script, `${shell}: ${path}`).toMatch(line);
      }
    }
  });

  it('answers its examples with JSON, when what they name is there', { timeout: 120_000 }, async () => {
    const world = await makeWorldOfExamples(cli, ecs);
    const makers = COMMANDS.filter(({ path }) => MAKES.test(path) && path !== 'config set');
    const destroyers = COMMANDS.filter(({ path }) => DESTROYS.test(path)).toReversed();
    const others = COMMANDS.filter((each) => !makers.includes(each) && !destroyers.includes(each));

    for (const { path, example } of [...makers, ...others, ...destroyers].flatMap(examplesOf)) {
      if (ELSEWHERE.test(example)) continue;
      if (BEFORE[path]) await cli.run(BEFORE[path].split(' '));
      const words = wordsOfExample(example).map((word) => word.replace(/^0199f0c4-…$/, world.runId));
      const result = await cli.run([...words, '--json']);

      expect(result.exitCode, said(result, example)).toBe(0);
      if (words[0] === '--version') continue; // an option, and no command
      // what goes on for a while is one document a line
      const documents = /--watch|--follow|flow-run watch/.test(example)
        ? result.stdout.split('\n').filter((line) => line !== '')
        : [result.stdout];
      for (const document of documents) expect(() => JSON.parse(document), said(result, example)).not.toThrow();
      if (MAKES.test(path)) await world.restore();
    }
  });
});

/** Every example that asks the API before it does anything else. */
const ASKING = COMMANDS.filter(({ path }) => !BY_ITSELF.test(path))
  .flatMap(examplesOf)
  .filter(({ example }) => !/--stack|--data|a-deleted-pool/.test(example));

describe('every command, called in vain', () => {
  let locked: Home;
  beforeAll(async () => {
    locked = await startHome({ dataFolder: `${cli.folder}/locked`, port: 0, authRequired: true });
  });
  afterAll(() => locked.close());

  const expectSentence = (result: Result, exitCode: number, words: string, example: string) => {
    expect(result.exitCode, said(result, example)).toBe(exitCode);
    expect(result.stdout, said(result, example)).toBe('');
    expect(result.stderr).toContain(words);
    expect(result.stderr).not.toMatch(/\n\s+at |This should not happen|undefined|\[object/);
  };

  it('says that no API answers, and how to reach one', async () => {
    for (const { example } of ASKING) {
      const result = await cli.run(wordsOfExample(example), { env: { PREFECT_API_URL: 'http://127.0.0.1:1/api' } });
      expectSentence(result, 3, 'PREFECT_API_URL', example);
    }
  });

  it('says that the key is wrong, and how to get another', async () => {
    const env = { PREFECT_API_URL: locked.apiUrl, PREFECT_API_KEY: 'ppk_wrong' };
    // one of each group: the server makes everybody wait after twenty wrong keys
    const groups = new Map(ASKING.map((each) => [each.path.replace(/ \S+$/, ''), each]));
    for (const { example } of groups.values()) {
      const result = await cli.run(wordsOfExample(example), { env });
      expectSentence(result, 4, '`pushpool api-key create`', example);
    }
  });

  it('says what an argument or option should be, and which help shows it', async () => {
    for (const { path, help } of COMMANDS) {
      const words = path.split(' ');
      const unknown = await cli.run([...words, ...(help.match(/<[^>]+>(?=.*\n\n)/g) ?? []), '--nonsense']);
      expectSentence(unknown, 2, `\`pushpool ${path} --help\` shows how it is done.`, `${path} --nonsense`);
      if (!/^Usage: .*</.test(help)) continue;
      const missing = await cli.run(words);
      expectSentence(missing, 2, `\`pushpool ${path} --help\` shows how it is done.`, path);
    }
  });

  it('says that there is nothing of a name, and what lists the names', async () => {
    const named = COMMANDS.filter(({ path, help }) => /^Usage: .*</.test(help) && !MAKES.test(path));
    for (const { path, examples } of named.filter((each) => !BY_ITSELF.test(each.path))) {
      const [first, ...rest] = wordsOfExample(examples[0]!).slice(path.split(' ').length);
      const nothing = first!.replace(/[^/]+$/, '00000000-0000-4000-8000-000000000000');
      const result = await cli.run([...path.split(' '), nothing, ...rest]);
      expectSentence(result, 1, '` lists what there is', `${path} ${nothing}`);
    }
  });
});
