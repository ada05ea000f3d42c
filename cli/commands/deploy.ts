import { existsSync } from 'node:fs';
import { Option } from 'commander';
import { type AddCommand, action, addCommand, many, type Run } from '../command.ts';
import type { Context } from '../context.ts';
import { Failure, UsageError } from '../errors.ts';
import { explain } from '../explain.ts';
import type { DeploymentConfig } from '../prefect-yaml/config.ts';
import type { Actions, Deployed } from '../prefect-yaml/deploy-one.ts';
import type { DeployOptions } from '../prefect-yaml/options.ts';

interface Options extends DeployOptions {
  readonly name?: string[];
  readonly all?: boolean;
  readonly prefectFile?: string;
}

export const addDeployCommand: AddCommand = (program, around) => {
  addCommand(program, 'deploy [entrypoint]', {
    description:
      'Create or update deployments, from prefect.yaml or from options. Python is not needed: the entrypoint is passed on, and any image and command may be deployed.',
    examples: [
      'pushpool deploy --all',
      'pushpool deploy -n nightly -n "report-*"',
      'pushpool deploy flow.py:hello -n nightly --pool my-pool --cron "0 5 * * *" --timezone Europe/Berlin',
      'pushpool deploy -n report --pool my-pool --image ghcr.io/me/report:3 --command "node report.js"',
    ],
  })
    .option('-n, --name <name>', 'a deployment, FLOW/NAME, or a pattern with *; may be repeated', many)
    .option('--all', 'every deployment of the file')
    .option('--prefect-file <file>', 'instead of prefect.yaml')
    .option('-p, --pool <name>', 'the work pool')
    .option('-q, --work-queue <name>', 'a queue of the pool; made when it is not there')
    .option('--image <image>', 'the job variable `image`')
    .option('--command <command>', 'the job variable `command`: what the container runs')
    .option('--job-variable <name=value>', 'a variable of the work pool; may be repeated', many)
    .option('--param <name=value>', 'a parameter, JSON or text; may be repeated', many)
    .addOption(new Option('--params <json>', 'parameters as a JSON object, or the name of a file').conflicts('param'))
    .option('--cron <expression>', 'may be repeated', many)
    .option('--interval <seconds>', 'may be repeated', many)
    .option('--rrule <rule>', 'may be repeated', many)
    .option('--anchor-date <time>', 'of all intervals')
    .option('--timezone <name>', 'of all schedules')
    .option('--concurrency-limit <n>', 'how many runs at once')
    .addOption(
      new Option('--collision-strategy <strategy>', 'for runs over the limit').choices(['ENQUEUE', 'CANCEL_NEW']),
    )
    .option('--trigger <json|file>', 'run when an event comes; may be repeated', many)
    .option('-d, --description <text>')
    .option('--version <version>')
    .option('-t, --tag <tag>', 'may be repeated', many)
    .option('--flow-name <name>', 'instead of the name in the source')
    .option('--paused', 'schedules make no runs for now')
    .option('--no-enforce-parameter-schema', 'let runs have any parameters')
    .action(action(around, deploy));
};

const deploy: Run<[string | undefined], Options> = async (context, options, entrypoint) => {
  const { out } = context;
  const { configs, actions } = await readConfigs(context, options, entrypoint);
  const { givenOptions } = await import('../prefect-yaml/options.ts');
  const only = givenOptions(options);
  if (configs.length > 1 && only.length > 0) {
    throw new UsageError(
      `${only.join(', ')} ${only.length > 1 ? 'are' : 'is'} about one deployment, and ${configs.length} are meant: write it in the file, or name one with -n.`,
    );
  }
  const client = await context.client();
  const { deployOne } = await import('../prefect-yaml/deploy-one.ts');
  const deployed: Deployed[] = [];
  for (const config of configs) {
    const label = config.name ?? options.name?.[0] ?? entrypoint ?? '';
    try {
      deployed.push(await deployOne(context, client, config, actions, options));
    } catch (error) {
      throw configs.length === 1 ? error : whichFailed(error, label, deployed, configs.length);
    }
    const { fullName, created, deployment } = deployed.at(-1)!;
    out.note(`${created ? 'Created' : 'Updated'} deployment "${fullName}" (${deployment.id}).`);
  }
  await out.result(
    deployed.map(({ deployment }) => deployment),
    () =>
      `Run ${deployed.length === 1 ? 'it' : 'one'}: pushpool deployment run ${quoted(deployed[0]?.fullName ?? '')} --watch`,
  );
};

interface Configs {
  readonly configs: readonly DeploymentConfig[];
  readonly actions: Actions;
}

async function readConfigs(context: Context, options: Options, entrypoint: string | undefined): Promise<Configs> {
  const { prefectFileName, readPrefectFile } = await import('../prefect-yaml/read.ts');
  const { selectDeployments } = await import('../prefect-yaml/select.ts');
  const name = prefectFileName(context, options.prefectFile, existsSync);
  const names = options.name ?? [];
  const isPlain = names.length === 1 && !/[*/]/.test(names[0] ?? '');
  if (name === null && (options.all || names.length > 1 || names[0]?.includes('*'))) {
    throw new UsageError(
      `There is no prefect.yaml in ${context.cwd}. Write one, name one with --prefect-file, or deploy one flow: pushpool deploy flow.py:my_flow -n NAME --pool POOL`,
    );
  }
  const { file, warnings } = name === null ? { file: {}, warnings: [] } : readPrefectFile(context, name);
  for (const warning of warnings) context.out.warn(warning);
  const known = file.deployments ?? [];
  // a command says all about a deployment that the file does not have
  const isNew = isPlain && options.command !== undefined && !known.some((each) => each.name === names[0]);
  const selected =
    entrypoint !== undefined && names.length <= 1 && !options.all
      ? [configFor(known, entrypoint, names[0])]
      : selectDeployments(isNew && known.length > 1 ? [] : known, names, options.all ?? false);
  const renamed = selected.length === 1 && isPlain ? [{ ...selected[0], name: names[0] ?? null }] : selected;
  return { configs: renamed, actions: file };
}

/** The deployment of the file for this entrypoint or name, else a new one. */
function configFor(
  configs: readonly DeploymentConfig[],
  entrypoint: string,
  name: string | undefined,
): DeploymentConfig {
  const same = configs.filter((config) =>
    name === undefined ? config.entrypoint === entrypoint : config.name === name,
  );
  return { ...(same.length === 1 ? same[0] : {}), entrypoint };
}

function whichFailed(error: unknown, label: string, done: readonly Deployed[], all: number): unknown {
  if (!(error instanceof Error) || error.name === 'AbortError' || error.name === 'Interrupted') return error;
  const names = done.map(({ fullName }) => fullName).join(', ');
  const { message, exitCode } = explain(error);
  return new Failure(
    `The deployment "${label}" failed: ${message}\n${done.length} of ${all} were deployed before${names === '' ? '' : `: ${names}`}. Deploying again is safe.`,
    { exitCode, cause: error },
  );
}

const quoted = (name: string) => (/^[\w./-]+$/.test(name) ? name : `"${name}"`);
