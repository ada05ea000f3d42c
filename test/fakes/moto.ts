import { spawn } from 'node:child_process';
import { ensureVenv, PROVISIONING } from '../../infra/local/python-venv.ts';
import { freePort, waitUntil } from '../conformance/waiting.ts';
import { type AwsFront, startAwsFront } from './aws-front.ts';

/** AWS as moto plays it: an independent program, empty at its start but for a default VPC. */
export interface Moto {
  readonly endpoint: string;
  /** What comes in, and what is refused. */
  readonly front: AwsFront;
  /** Forgets everything; the default VPC is back. */
  reset(): Promise<void>;
  stop(): void;
}

/** Starts one on a free port; answers when it returns. `elsewhere`: calls that another program plays. */
export async function startMoto(elsewhere?: (call: string) => string | null): Promise<Moto> {
  const bin = await ensureVenv(PROVISIONING);
  const port = await freePort();
  const behind = `http://127.0.0.1:${port}`;
  const server = spawn(`${bin}/moto_server`, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  server.stderr.on('data', (data) => {
    output += data;
  });
  await waitUntil(
    async () => {
      if (server.exitCode !== null) throw new Error(`moto ended: ${output}`);
      return fetch(`${behind}/moto-api/data.json`).then(({ ok }) => ok, nothingListensYet);
    },
    { seconds: 30, what: 'moto to answer' },
  );
  const front = await startAwsFront(behind, elsewhere);
  return {
    endpoint: front.endpoint,
    front,
    async reset() {
      await fetch(`${behind}/moto-api/reset`, { method: 'POST' });
      front.changes.length = 0;
      front.refuse = null;
    },
    stop() {
      server.kill('SIGKILL');
      void front.close();
    },
  };
}

const nothingListensYet = () => false;
