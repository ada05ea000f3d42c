import { shellSplit } from '../../shared/domain/shell-split.ts';
import { ACCESS_KEY, type FakeEcs, ROLE } from '../fakes/ecs/ecs-cloud.ts';
import { reports } from '../fakes/reports.ts';
import type { CommandLine } from './command-line.ts';

/** What the examples of the help name, over a fake ECS whose containers report and end at once. */
export interface WorldOfExamples {
  /** A run that has ended. */
  readonly runId: string;
  /** Makes again what an example has changed or removed. */
  restore(): Promise<void>;
}

const FILES = {
  'flow.py': '@flow\ndef hello(name: str = "x", count: int = 1, full: bool = True): pass\n',
  'prefect.yaml': `deployments:
  - { name: nightly, entrypoint: "flow.py:hello", tags: [nightly], work_pool: { name: my-pool } }
  - { name: report-daily, entrypoint: "flow.py:hello", work_pool: { name: my-pool } }
`,
  'block.json': JSON.stringify({ region_name: 'us-east-1' }),
  'keys.json': JSON.stringify({ aws_access_key_id: ACCESS_KEY, aws_secret_access_key: 'secret' }),
};
const KEYS = '-f keys.json --field region_name=us-east-1 --overwrite';
const MADE = [
  `block create --type aws-credentials --name my-keys ${KEYS}`,
  `block create --type aws-credentials --name new-keys ${KEYS}`,
  `work-pool create my-pool --type ecs:push --credentials aws-credentials/my-keys --variable cluster=flows --variable execution_role_arn=${ROLE} --overwrite`,
  'deploy --all',
  'variable set region us-east-1 --overwrite',
];
/** These know no --overwrite: there already is as good. */
const MADE_ONCE = ['concurrency-limit create database --limit 3', 'api-key create ci'];

export async function makeWorldOfExamples(cli: CommandLine, ecs: FakeEcs): Promise<WorldOfExamples> {
  ecs.startupSeconds = 0;
  ecs.onRun = ({ name, env }) =>
    void reports(env, 'RUNNING', 'COMPLETED').then(() => ecs.end(name, { kind: 'exit', code: 0 }));
  for (const [name, text] of Object.entries(FILES)) cli.write(name, text);
  const restore = async () => {
    // its type cannot be changed
    await cli.run(['work-pool', 'delete', 'my-pool', '--yes']);
    for (const line of MADE) await cli.json(...shellSplit(line));
    for (const line of MADE_ONCE) await cli.run(shellSplit(line));
  };
  await restore();
  const pool = await cli.json('work-pool', 'inspect', 'my-pool');
  cli.write('template.json', JSON.stringify(pool.base_job_template));
  const run = await cli.json('deployment', 'run', 'hello/nightly', '--flow-run-name', 'witty-otter');
  await cli.run(['flow-run', 'watch', run.id]); // its pool is deleted by the first example
  return { runId: run.id, restore };
}
