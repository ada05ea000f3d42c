import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { deploy, ROOT, run } from './deploy.ts';
import { startEdge } from './edge.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { nameFunctionsByArn } from './websocket-integrations.ts';

/**
 * `npm run aws:emulated -- --port P --aws-port Q [--key-file F]`: an emulated AWS with our stack deployed into it, served at
 * `http://127.0.0.1:P/api` until SIGTERM or SIGINT. Prints one line when it is ready.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4280' },
    'aws-port': { type: 'string', default: '4566' },
    'key-file': { type: 'string' },
  },
});

async function main(): Promise<void> {
  const port = Number(values.port);
  const ended = new Promise<void>((done) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => done());
  });
  const emulator = await startEmulator(Number(values['aws-port']));
  try {
    await Promise.race([ended, serve(emulator, port, ended)]);
  } finally {
    await emulator.stop();
  }
}

async function serve(emulator: Emulator, port: number, ended: Promise<void>): Promise<void> {
  const apiUrl = `http://127.0.0.1:${port}/api`;
  const outputs = await deploy(emulator, apiUrl);
  await nameFunctionsByArn(emulator, outputs);
  const edge = await startEdge(port, emulator.endpoint, outputs);
  try {
    if (values['key-file']) await writeAdminKey(emulator, values['key-file']);
    const health = await fetch(`${apiUrl}/health`);
    if (!health.ok) throw new Error(`The deployed API answers ${health.status} to /health: ${await health.text()}`);
    console.log(`pushpool is deployed into the emulated AWS: ${apiUrl} (functions and logs in ${emulator.folder})`);
    await ended;
  } finally {
    await edge.close();
  }
}

/** The first key, made as an operator makes it: with the credentials of the AWS account and our CLI. */
async function writeAdminKey(emulator: Emulator, file: string): Promise<void> {
  const args = ['cli/main.ts', 'api-key', 'create', 'admin', '--role', 'admin', '--stack', 'pushpool'];
  const key = await run(path.join(ROOT, 'node_modules/.bin/node'), args, emulator.environment);
  writeFileSync(file, `${key.trim()}\n`, { mode: 0o600 });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
