import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotServe, serveUntil } from './serve.ts';

/** `npm run dev -- --port P --data DIR [--host H] [--key-file F]`: the local home until SIGINT or SIGTERM. */

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['PUSHPOOL_PORT'] ?? '4200' },
    data: { type: 'string', default: process.env['PUSHPOOL_DATA'] ?? '.pushpool' },
    host: { type: 'string', default: process.env['PUSHPOOL_HOST'] ?? '127.0.0.1' },
    'key-file': { type: 'string' },
  },
});

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(1); // asked twice: at once
    stop.abort();
  });
}

try {
  await serveUntil(stop.signal, {
    dataFolder: resolve(values.data),
    port: Number(values.port),
    host: values.host,
    authRequired: /^(1|true|on|yes)$/i.test(process.env['PUSHPOOL_AUTH'] ?? ''),
    ...(values['key-file'] !== undefined && { keyFile: resolve(values['key-file']) }),
    print: (text) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    warn: (text) => console.error(text),
  });
  process.exit(0);
} catch (error) {
  if (!(error instanceof CannotServe)) throw error;
  console.error(error.message);
  process.exit(1);
}
