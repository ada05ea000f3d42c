import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FakeModal } from './modal.ts';

/**
 * The fake under Modal's Python client, outside the everyday suite: `node test/fakes/modal/check-python-client.ts PYTHON`, where
 * PYTHON has the `modal` package of proto/VERSION.
 */
const fake = await FakeModal.start();
try {
  const script = join(import.meta.dirname, 'proto/python-client.py');
  await promisify(execFile)(process.argv[2] ?? 'python3', [script, fake.url], { timeout: 60_000 });
  if (fake.violations.length > 0) throw new Error(fake.violations.join('; '));
  console.log(`${fake.requests.length} requests, ${fake.account.sandboxes.all.length} sandboxes, no violation.`);
} finally {
  fake.close();
}
