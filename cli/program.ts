import { Command } from 'commander';
import { addCommonOptions } from './command.ts';
import { addApiKeyCommands } from './commands/api-key/group.ts';
import { addBlockCommands } from './commands/block/group.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addConcurrencyLimitCommands } from './commands/concurrency-limit/group.ts';
import { addConfigCommands } from './commands/config/group.ts';
import { addDeployCommand } from './commands/deploy.ts';
import { addDeploymentCommands } from './commands/deployment/group.ts';
import { addDevCommand } from './commands/dev.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addFlowRunCommands } from './commands/flow-run/group.ts';
import { addVariableCommands } from './commands/variable/group.ts';
import { addVersionCommand } from './commands/version.ts';
import { addWorkPoolCommands } from './commands/work-pool/group.ts';
import type { Surroundings } from './context.ts';

const AFTER = `
Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 wrong call,
3 no API answers, 4 not allowed, 130 stopped with Ctrl-C.`;

/** The whole tree of commands. Reading it loads no library but commander: each command loads what it needs when it runs. */
export function createProgram(around: Surroundings): Command {
  const program = new Command('pushpool')
    .description('Prefect flows on serverless compute, without a worker and without a server that is always on.')
    // so that `--version` after a command is that command's own
    .enablePositionalOptions()
    .addHelpText('after', AFTER);
  for (const add of [
    addDevCommand,
    addWorkPoolCommands,
    addDeployCommand,
    addDeploymentCommands,
    addFlowRunCommands,
    addBlockCommands,
    addVariableCommands,
    addConcurrencyLimitCommands,
    addApiKeyCommands,
    addDoctorCommand,
    addConfigCommands,
    addCompletionCommand,
    addVersionCommand,
  ]) {
    add(program, around);
  }
  addCommonOptions(program);
  settle(program, around);
  return program;
}

/** Errors are thrown, not exited with, and everything that is printed goes where the surroundings say. */
function settle(command: Command, around: Surroundings): void {
  command
    .exitOverride()
    .allowExcessArguments(false)
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => void around.stdout.write(text),
      // What is wrong is said once, by run.ts, in our own words.
      writeErr: () => {},
      getOutHelpWidth: () => around.stdout.columns ?? 100,
      getErrHelpWidth: () => around.stderr.columns ?? 100,
    });
  for (const child of command.commands) settle(child, around);
}
