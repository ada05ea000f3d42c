// Serves one Lambda function's invocation endpoint: POST any path with the event, the answer is the handler's.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const TIMEOUT_MS = 1000 * Number(process.env.AWS_LAMBDA_FUNCTION_TIMEOUT ?? 30);
/** Lambda's own limit on a synchronous event and answer. */
const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

const spec = process.env._HANDLER;
const dot = spec.lastIndexOf('.');
const base = path.join(process.env.LAMBDA_TASK_ROOT, spec.slice(0, dot));
const file = ['.mjs', '.js', '.cjs'].map((extension) => base + extension).find((name) => fs.existsSync(name));
const loaded = await import(pathToFileURL(file).href);
const handler = loaded[spec.slice(dot + 1)] ?? loaded.default?.[spec.slice(dot + 1)];

async function invoke(event) {
  const deadline = Date.now() + TIMEOUT_MS;
  const context = {
    awsRequestId: crypto.randomUUID(),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    invokedFunctionArn: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  const answer = JSON.stringify((await handler(event, context)) ?? null);
  if (Buffer.byteLength(answer) > PAYLOAD_LIMIT_BYTES) {
    throw Object.assign(new Error('Response payload size exceeded maximum allowed payload size (6291556 bytes).'), {
      name: 'Function.ResponseSizeTooLarge',
    });
  }
  return answer;
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    try {
      response.end(await invoke(JSON.parse(Buffer.concat(chunks).toString() || '{}')));
    } catch (error) {
      console.error(error);
      response.setHeader('x-amz-function-error', 'Unhandled');
      const trace = String(error?.stack ?? '').split('\n');
      response.end(
        JSON.stringify({ errorType: error?.name ?? 'Error', errorMessage: String(error?.message ?? error), trace }),
      );
    }
  });
});
server.listen(Number(process.env.INVOKE_PORT), '127.0.0.1');
