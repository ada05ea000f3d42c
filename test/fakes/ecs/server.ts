import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsFault, ConnectionLost } from './aws-fault.ts';
import type { Body } from './strict.ts';

export interface AwsRequest {
  /** E.g. `RunTask`. */
  readonly operation: string;
  readonly body: Body;
  readonly accessKey: string;
  readonly region: string;
}

export type Operations = Readonly<Record<string, (request: AwsRequest) => Body | string>>;

/**
 * Several AWS services behind one address, told apart as their clients speak: AWS JSON 1.1 by `X-Amz-Target` (ECS, Logs), the
 * query protocol by `Action` (EC2, STS; their operations answer XML). A request without a signature is refused.
 */
export class AwsServer {
  readonly requests: AwsRequest[] = [];
  /** Stands around every operation: faults. */
  around: (request: AwsRequest, work: () => Body | string) => Body | string = (_request, work) => work();
  readonly #server: Server;
  readonly #operations: Operations;

  constructor(operations: Operations) {
    this.#operations = operations;
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const target = request.headers['x-amz-target'];
    const json = typeof target === 'string';
    const form = json ? null : new URLSearchParams(text);
    const signature = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '');
    const asked: AwsRequest = {
      operation: json ? target.split('.').at(-1)! : (form!.get('Action') ?? ''),
      body: json ? JSON.parse(text || '{}') : Object.fromEntries(form!),
      accessKey: signature?.[1] ?? '',
      region: signature?.[2] ?? '',
    };
    this.requests.push(asked);
    try {
      if (!signature) throw new AwsFault('MissingAuthenticationTokenException', 'Missing Authentication Token');
      const operation = this.#operations[asked.operation];
      if (!operation) throw new AwsFault('UnknownOperationException', `This fake knows no ${asked.operation}.`);
      const answer = this.around(asked, () => operation(asked));
      response.writeHead(200, { 'content-type': json ? 'application/x-amz-json-1.1' : 'text/xml' });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    } catch (error) {
      if (error instanceof ConnectionLost) request.socket.destroy();
      else refuse(response, json, error as Error);
    }
  }
}

function refuse(response: ServerResponse, json: boolean, error: Error): void {
  const { code, status, fields } =
    error instanceof AwsFault ? error : { code: 'ServerException', status: 500, fields: {} };
  response.writeHead(status, {
    'content-type': json ? 'application/x-amz-json-1.1' : 'text/xml',
    'x-amzn-requestid': 'fake-request',
    ...(json && { 'x-amzn-errortype': code }),
  });
  response.end(
    json
      ? JSON.stringify({ __type: code, message: error.message, ...fields })
      : `<Response><Errors><Error><Code>${code}</Code><Message>${error.message}</Message></Error></Errors><RequestID>fake-request</RequestID></Response>`,
  );
}
