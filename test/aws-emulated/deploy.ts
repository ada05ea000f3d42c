import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ACCOUNT, type Emulator, REGION } from './emulator.ts';

/** What the deployed stack says about itself: the outputs of `infra/aws/stack.ts`. */
export interface StackOutputs {
  readonly ApiUrl: string;
  readonly TableName: string;
  readonly HttpApiId: string;
  readonly WebSocketApiId: string;
  readonly WebSocketStage: string;
  readonly StateMachineArn: string;
  readonly EventBusName: string;
  readonly RunDeploymentArn: string;
  readonly RunDeploymentRefusedUrl: string;
}

export const ROOT = path.join(import.meta.dirname, '../..');
const STACK = 'pushpool';

/** Deploys our stack into the emulator as an operator does: `cdk bootstrap`, `cdk deploy`. */
export async function deploy(emulator: Emulator, apiUrl: string): Promise<StackOutputs> {
  const outputs = path.join(emulator.folder, 'outputs.json');
  const out = ['--output', path.join(emulator.folder, 'cdk.out')];
  // Not below cdk.json: bootstrapping an account needs no application.
  await cdk(emulator, ['bootstrap', `aws://${ACCOUNT}/${REGION}`], emulator.folder);
  const context = ['--context', `apiUrl=${apiUrl}`];
  const deployment = ['deploy', '--require-approval', 'never', '--progress', 'events', '--outputs-file', outputs];
  await cdk(emulator, [...deployment, ...context, ...out]);
  return (JSON.parse(readFileSync(outputs, 'utf8')) as Record<string, StackOutputs>)[STACK]!;
}

const cdk = (emulator: Emulator, args: string[], cwd = ROOT) =>
  run(path.join(ROOT, 'node_modules/.bin/cdk'), ['--ci', ...args], emulator.environment, cwd);

/** Runs a program of this project to its end and returns what it printed. Throws with its output when it fails. */
export function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = ROOT,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const node = path.join(ROOT, 'node_modules/.bin');
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, PATH: `${node}${path.delimiter}${process.env['PATH']}`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      said += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve(printed);
      reject(new Error(`${path.basename(file)} ${args.join(' ')} ended with exit code ${code}:\n${said}`));
    });
  });
}
