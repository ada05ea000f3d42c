import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { ensureVenv, PROVISIONING } from '../../infra/local/python-venv.ts';

/** AWS as moto plays it: an independent program, empty at its start but for a default VPC. */
export interface Moto {
  readonly endpoint: string;
  /** Forgets everything; the default VPC is back. */
  reset(): Promise<void>;
  stop(): void;
}

/** Starts one on a free port; answers when it returns. */
export async function startMoto(): Promise<Moto> {
  const bin = await ensureVenv(PROVISIONING);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(`${bin}/moto_server`, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
  });
  await answering(server, endpoint);
  return {
    endpoint,
    async reset() {
      await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
    },
    stop: () => server.kill('SIGKILL'),
  };
}

async function answering(server: ChildProcess, endpoint: string): Promise<void> {
  let output = '';
  server.stderr?.on('data', (data) => {
    output += data;
  });
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`moto ended: ${output}`);
    const answer = await fetch(`${endpoint}/moto-api/data.json`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`moto does not answer: ${output}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
