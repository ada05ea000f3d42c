import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePort } from '../conformance/waiting.ts';
import { ROOT } from './deploy.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `http://127.0.0.1:{port}/api` of the deployed stack. */
    apiUrl: string;
    /** The first admin key. */
    adminKey: string;
    /** The emulator's own address, for looking at what AWS saw. */
    awsEndpoint: string;
    /** Where the emulator and the functions log. */
    emulatorFolder: string;
  }
}

/** `npm run aws:emulated` for the whole test run: started once, ended afterwards. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-emulated-'));
  const keyFile = path.join(folder, 'key');
  const port = await freePort();
  const awsPort = await freePort();
  const program = [
    'test/aws-emulated/run.ts',
    '--port',
    String(port),
    '--aws-port',
    String(awsPort),
    '--key-file',
    keyFile,
  ];
  const child = spawn(process.execPath, program, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const ready = await firstLine(child);
    project.provide('apiUrl', `http://127.0.0.1:${port}/api`);
    project.provide('adminKey', readFileSync(keyFile, 'utf8').trim());
    project.provide('awsEndpoint', `http://127.0.0.1:${awsPort}`);
    project.provide('emulatorFolder', /in (\/\S+)\)/.exec(ready)?.[1] ?? '');
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** What it prints when it is ready. Throws when it ends before. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('\n')) resolve(printed);
    });
    child.once('exit', (code) =>
      reject(new Error(`npm run aws:emulated ended with exit code ${code} before it was ready.`)),
    );
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await ended;
  clearTimeout(patience);
}
