import { spawn } from 'node:child_process';
import { ensureVenv, PROVISIONING } from '../../infra/local/python-venv.ts';
import { freePort, waitUntil } from '../conformance/waiting.ts';

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
  let output = '';
  server.stderr.on('data', (data) => {
    output += data;
  });
  await waitUntil(
    async () => {
      if (server.exitCode !== null) throw new Error(`moto ended: ${output}`);
      return fetch(`${endpoint}/moto-api/data.json`).then(({ ok }) => ok, nothingListensYet);
    },
    { seconds: 30, what: 'moto to answer' },
  );
  return {
    endpoint,
    async reset() {
      await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
    },
    stop: () => server.kill('SIGKILL'),
  };
}

const nothingListensYet = () => false;
