/** `npm run test:dynamodb-local`: the tests of store and API on Amazon's own engine. Needs Java 17 and Maven. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';

const here = import.meta.dirname;
const libraries = join(here, '..', '..', 'dist', 'dynamodb-local');

if (!existsSync(libraries)) {
  const fetched = spawnSync(
    'mvn',
    ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${libraries}`],
    { stdio: 'inherit' },
  );
  if (fetched.status !== 0) {
    console.error('DynamoDB Local could not be fetched. Install Maven and Java 17, then run this again.');
    process.exit(1);
  }
}

const port = await freePort();
const engine = spawn(
  'java',
  [
    `-Djava.library.path=${libraries}`,
    '-cp',
    join(libraries, '*'),
    'com.amazonaws.services.dynamodbv2.local.main.ServerRunner',
    '-inMemory',
    '-port',
    String(port),
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
await listening(port);
const tests = process.argv.length > 2 ? process.argv.slice(2) : ['test/shared/store', 'test/functions/api'];
const run = spawnSync('vitest', ['run', ...tests], {
  stdio: 'inherit',
  env: { ...process.env, DYNAMODB_ENDPOINT: `http://127.0.0.1:${port}` },
});
engine.kill();
process.exit(run.status ?? 1);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return free;
}

/** Resolves when somebody accepts connections there; gives up after 30 s. */
async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const open = await new Promise<boolean>((done) => {
      const socket = createConnection(port, '127.0.0.1', () => {
        socket.destroy();
        done(true);
      });
      socket.once('error', () => done(false));
    });
    if (open) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`DynamoDB Local did not listen on port ${port} within 30 s.`);
}
