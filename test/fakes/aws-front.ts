import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the front does with a call instead of passing it on. */
export type Refusal = 'denied' | 'throttled';
/** Or the call passes, and its answer is lost. */
export type Disturbance = Refusal | 'lost';

/** Stands before an emulator of AWS: tells calls apart by name, records what changes something, and refuses what it is told to. */
export interface AwsFront {
  readonly endpoint: string;
  /** Calls that change something, in order: "iam:CreateRole". */
  readonly changes: string[];
  /** Asked about each call that changes something; null lets it pass. */
  refuse: ((change: string, index: number) => Disturbance | null) | null;
  close(): Promise<void>;
}

const READS = /^\w+:(Get(?!WebIdentityToken)|List|Describe)/;
/** Amazon's own policies are there in every account; the emulator would take seconds to load them all. */
const MANAGED = /^arn:aws:iam::aws:policy\//;

/** `elsewhere`: calls that another program than the emulator plays, by name; its address. */
export async function startAwsFront(
  behind: string,
  elsewhere: (call: string) => string | null = () => null,
): Promise<AwsFront> {
  const server = createServer(async (incoming, response) => {
    const body = await bodyOf(incoming);
    const call = callOf(incoming, body);
    if (!READS.test(call)) {
      const refusal = front.refuse?.(call, front.changes.length) ?? null;
      if (refusal !== null && refusal !== 'lost') return answer(response, call, refusal);
      front.changes.push(call);
      if (refusal === 'lost') return lose(elsewhere(call) ?? behind, incoming, body);
    }
    const policy = new URLSearchParams(body.toString()).get('PolicyArn') ?? '';
    if (/^iam:(Attach|Detach)RolePolicy$/.test(call) && MANAGED.test(policy)) return succeed(response, call);
    pass(elsewhere(call) ?? behind, incoming, body, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const front: AwsFront = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    changes: [],
    refuse: null,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return front;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The service is in the signature, the operation in a header or in the form. */
function callOf({ headers, method, url = '' }: IncomingMessage, body: Buffer): string {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/(\w+)\//.exec(headers.authorization ?? '')?.[1] ?? 'none';
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  return `${service}:${target || new URLSearchParams(body.toString()).get('Action') || `Get ${method} ${url}`}`;
}

function pass(behind: string, incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const { method, headers, url } = incoming;
  const onward = request(`${behind}${url}`, { method, headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  onward.on('error', () => response.destroy());
  onward.end(body);
}

/** The caller sees its connection break when the work is done. */
function lose(behind: string, incoming: IncomingMessage, body: Buffer): void {
  const { method, headers, url } = incoming;
  const onward = request(`${behind}${url}`, { method, headers }, (answered) => {
    answered.resume().on('end', () => incoming.socket.destroy());
  });
  onward.end(body);
}

/** Refusals as the three kinds of services spell them. */
function answer(response: ServerResponse, call: string, refusal: Refusal): void {
  const [service = '', operation = ''] = call.split(':');
  const names = {
    denied: service === 'ec2' ? 'UnauthorizedOperation' : service === 'iam' ? 'AccessDenied' : 'AccessDeniedException',
    throttled: service === 'ec2' ? 'RequestLimitExceeded' : service === 'iam' ? 'Throttling' : 'ThrottlingException',
  };
  const message =
    refusal === 'denied' ? `User is not authorized to perform: ${call}` : `Rate exceeded for ${operation}`;
  const name = names[refusal];
  const status = refusal === 'denied' ? 403 : 400;
  if (service === 'ec2' || service === 'iam') {
    response.writeHead(status, { 'content-type': 'text/xml' });
    const error = `<Error><Code>${name}</Code><Message>${message}</Message></Error>`;
    response.end(
      service === 'ec2'
        ? `<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`
        : `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`,
    );
    return;
  }
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': name });
  response.end(JSON.stringify({ __type: name, message }));
}

function succeed(response: ServerResponse, call: string): void {
  const operation = call.split(':')[1];
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${operation}Response>`,
  );
}
