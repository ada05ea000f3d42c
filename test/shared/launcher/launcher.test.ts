import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launcherCommand } from '../../../shared/domain/launcher.ts';
import { LAUNCHER_PACKED } from '../../../shared/domain/launcher-packed.ts';
import { readLauncher } from '../../../shared/launcher/pack.ts';

const run = promisify(execFile);

let folder: string;
let bin: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-launcher-'));
  bin = path.join(folder, 'bin');
  mkdirSync(bin);
  mkdirSync(path.join(folder, 'tmp'));
  executable('python', '#!/bin/sh\nexec python3 "$@"\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function executable(name: string, text: string) {
  writeFileSync(path.join(bin, name), text);
  chmodSync(path.join(bin, name), 0o755);
}

/** Runs the launcher as a container would: by a shell, with `prefect` standing for whatever the image has. */
async function launch(env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await run('sh', ['-c', launcherCommand()], {
    env: { PATH: `${bin}:${process.env['PATH']}`, TMPDIR: path.join(folder, 'tmp'), ...env },
  });
  return stdout;
}

describe('the launcher', () => {
  it('is a command of under 2 KB without quotes or braces that a shell or a template would read', () => {
    const command = launcherCommand();

    expect(Buffer.byteLength(command)).toBeLessThan(2048);
    expect(command.match(/'/g)).toHaveLength(2);
    expect(command).not.toMatch(/[{}$\n\\]/);
  });

  it('is the source as it stands', () => {
    expect(inflateSync(Buffer.from(LAUNCHER_PACKED, 'base64')).toString()).toBe(readLauncher());
  });

  it('is Python that 3.10 reads', async () => {
    await run('python3', ['-c', 'import ast,sys; ast.parse(sys.argv[1], feature_version=(3,10))', readLauncher()]);
  });

  it('hands over to `prefect flow-run execute`, in the same process', async () => {
    executable('prefect', '#!/bin/sh\necho "$$ $PUSHPOOL_LAUNCHER $*"\n');

    const [pid, launcher, ...words] = (await launch()).trim().split(' ');

    expect(pid).toBe(launcher);
    expect(words).toEqual(['flow-run', 'execute']);
  });

  it('keeps the PYTHONPATH it finds and puts its own folder before it', async () => {
    executable('prefect', '#!/bin/sh\necho "$PYTHONPATH"; ls "$(echo "$PYTHONPATH" | cut -d: -f1)"\n');

    const [first, second] = (await launch({ PYTHONPATH: '/a:/b' })).split('\n');

    expect(first).toMatch(/^.+\/tmp\/[^:]+:\/a:\/b$/);
    expect(second).toBe('sitecustomize.py');
  });

  it('runs a sitecustomize that the image brings along, in the process and its children', async () => {
    mkdirSync(path.join(folder, 'site'));
    writeFileSync(path.join(folder, 'site', 'sitecustomize.py'), 'print("theirs", __file__)\n');
    executable(
      'prefect',
      `#!/bin/sh\nexec python3 -c 'import sys, sitecustomize; print(sitecustomize.__file__, sys.path)'\n`,
    );

    const lines = (await launch({ PYTHONPATH: path.join(folder, 'site') })).trim().split('\n');

    const theirs = path.join(folder, 'site', 'sitecustomize.py');
    expect(lines[0]).toBe(`theirs ${theirs}`);
    expect(lines.at(-1)).toContain(theirs);
    expect(lines.at(-1)).not.toContain(path.join(folder, 'tmp'));
  });

  it('leaves nothing behind when the flow run ends', async () => {
    executable('prefect', `#!/bin/sh\nexec python3 -c 'import os; print(os.listdir(os.environ["TMPDIR"]))'\n`);

    const seen = await launch();

    expect(seen).toMatch(/\['.+'\]/);
    expect(readdirSync(path.join(folder, 'tmp'))).toEqual([]);
  });

  it('goes on plainly where it cannot write', async () => {
    executable('prefect', '#!/bin/sh\necho "$* [$PYTHONPATH]"\n');

    // Python's own search for a temporary folder ends at the working directory, which here is one that is no folder.
    const { stdout } = await run('sh', ['-c', `cd /proc && ${launcherCommand()}`], {
      env: { PATH: `${bin}:${process.env['PATH']}`, TMPDIR: '/proc', TEMP: '/proc', TMP: '/proc' },
    });

    expect(stdout).toContain('flow-run execute');
  });

  it('imports as everyone else does what has nothing to wrap', async () => {
    mkdirSync(path.join(folder, 'lib', 'websockets', 'asyncio'), { recursive: true });
    for (const file of ['__init__.py', 'asyncio/__init__.py', 'asyncio/client.py']) {
      writeFileSync(path.join(folder, 'lib', 'websockets', file), 'here = True\n');
    }
    executable(
      'prefect',
      `#!/bin/sh\nexec python3 -c 'import websockets.asyncio.client as c; print(c.here)
try:
    import prefect.events.clients
except ModuleNotFoundError as e: print(e)'\n`,
    );

    const lines = (await launch({ PYTHONPATH: path.join(folder, 'lib') })).trim().split('\n');

    expect(lines).toEqual(['True', "No module named 'prefect'"]);
  });
});
