import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../suites.ts';

describe('a Python environment', () => {
  // pip is in every environment: nothing is downloaded
  const environment = { folder: `.venv-of-test-${process.pid}`, requirements: ['pip'] };
  afterEach(() => rmSync(join(ROOT, environment.folder), { recursive: true, force: true }));

  const ensureInAnotherProcess = () =>
    promisify(execFile)(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { ensureVenv } from './infra/local/python-venv.ts'; console.log(await ensureVenv(${JSON.stringify(environment)}));`,
      ],
      { cwd: ROOT },
    );

  it('is made once by processes that want it at the same time, and is there for each', async () => {
    const answers = await Promise.all([1, 2, 3].map(ensureInAnotherProcess));

    expect(answers.map(({ stdout }) => stdout.trim())).toEqual(Array(3).fill(join(ROOT, environment.folder, 'bin')));
    expect(answers.filter(({ stderr }) => stderr.includes('Installing'))).toHaveLength(1);
  });
});
