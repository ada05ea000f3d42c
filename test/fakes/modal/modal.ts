import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, type ServiceDefinition } from '@grpc/proto-loader';
import { Account } from './account.ts';
import { FaultScript, type Misbehaviour, StatusError } from './faults.ts';
import { type Clock, handlersOf } from './handlers.ts';
import { statusDetails } from './status-details.ts';
import { Admission } from './tokens.ts';
import type { Metadata, Method, Requests } from './wire.ts';

export const PROTOCOL = loadFileDescriptorSetFromBuffer(readFileSync(join(import.meta.dirname, 'proto/modal.binpb')), {
  keepCase: true,
  enums: String,
  longs: Number,
  arrays: true,
});
const SERVICE = PROTOCOL['modal.client.ModalClient'] as ServiceDefinition;

/** One request as it arrived. */
export interface Recorded<M extends Method = Method> {
  readonly method: M;
  readonly request: Requests[M];
  readonly metadata: Metadata;
  readonly atSeconds: number;
}

/**
 * Modal as a program: its gRPC protocol from its own descriptors, over cleartext HTTP/2, with state, a clock that moves when told,
 * a recorder and a fault script. What a client may not do (a missing header, a field that the protocol does not have) is
 * refused and kept in `violations`.
 */
export class FakeModal {
  readonly clock: Clock;
  readonly account: Account;
  readonly faults = new FaultScript();
  readonly requests: Recorded[] = [];
  readonly admission: Admission;
  /** `http://127.0.0.1:{port}`, for `MODAL_SERVER_URL`. */
  url = '';
  readonly #server = new grpc.Server({ 'grpc-node.max_session_memory': 100 });

  private constructor(now: (() => Date) | null) {
    let seconds = Math.floor(Date.now() / 1000);
    this.clock = {
      now: () => (now ? now().getTime() / 1000 : seconds),
      advance: (by) => {
        seconds += by;
      },
    };
    this.account = new Account(this.clock.now);
    this.admission = new Admission();
  }

  /** `now`: somebody else's clock. @default one that begins now and stands still until `clock.advance` */
  static async start(now: (() => Date) | null = null): Promise<FakeModal> {
    const fake = new FakeModal(now);
    fake.#server.addService(fake.#strict(), fake.#implementation());
    fake.url = `http://127.0.0.1:${await listen(fake.#server)}`;
    return fake;
  }

  close(): void {
    this.#server.forceShutdown();
  }

  get violations(): readonly string[] {
    return this.admission.violations;
  }

  /** The requests of one method. */
  of<M extends Method>(method: M): Recorded<M>[] {
    return this.requests.filter((one) => one.method === method) as Recorded<M>[];
  }

  /** A call without any of the headers that Modal's clients send. */
  rawCall(method: Method, request: object): Promise<unknown> {
    const client = new grpc.Client(this.url.slice('http://'.length), grpc.credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = SERVICE[method]!;
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    }).finally(() => client.close());
  }

  /** Refuses fields that the protocol does not have: what was read must weigh as much as what came. */
  #strict(): ServiceDefinition {
    return Object.fromEntries(
      Object.entries(SERVICE).map(([name, method]) => {
        const requestDeserialize = (bytes: Buffer) => {
          const request = method.requestDeserialize(bytes);
          if (method.requestSerialize(request).length < bytes.length) {
            this.admission.violations.push(`${name}: a field that the protocol does not have`);
          }
          return request;
        };
        return [name, { ...method, requestDeserialize }];
      }),
    );
  }

  #implementation(): grpc.UntypedServiceImplementation {
    const handlers = handlersOf(this.account, this.clock, () => this.admission.mint());
    const answer = (method: Method, call: Call): object => {
      const metadata = plain(call.metadata);
      const { request } = call;
      this.requests.push({ method, request: request as never, metadata, atSeconds: this.clock.now() });
      this.admission.check(method, metadata);
      const fault = this.faults.next(method);
      if (fault?.when === 'before') misbehave(fault.do);
      const reply = (handlers[method] as (request: unknown, call: unknown) => object)(request, { metadata });
      if (fault?.when === 'after') misbehave(fault.do);
      return reply;
    };
    return Object.fromEntries(
      Object.entries(SERVICE).map(([name, { responseStream }]) => [
        name,
        responseStream ? streaming(name as Method, answer) : unary(name as Method, answer),
      ]),
    );
  }
}

type Call = grpc.ServerUnaryCall<unknown, object> | grpc.ServerWritableStream<unknown, object>;
type Answer = (method: Method, call: Call) => object;

/** The connection breaks, or nobody ever answers. */
class Silence extends Error {
  readonly reset: boolean;

  constructor(reset: boolean) {
    super('silence');
    this.reset = reset;
  }
}

function misbehave(how: Misbehaviour): never {
  if (how === 'hang' || how === 'reset') throw new Silence(how === 'reset');
  throw new StatusError(how.code, how.details ?? `${how.code} by the fault script`, how.retryAfterSeconds);
}

const unary =
  (method: Method, answer: Answer): grpc.handleUnaryCall<unknown, object> =>
  (call, callback) => {
    try {
      callback(null, answer(method, call));
    } catch (error) {
      fail(error, call, (status) => callback(status));
    }
  };

const streaming =
  (method: Method, answer: Answer): grpc.handleServerStreamingCall<unknown, object> =>
  (call) => {
    try {
      call.write(answer(method, call));
      call.end();
    } catch (error) {
      fail(error, call, (status) => call.emit('error', status));
    }
  };

function fail(error: unknown, call: Call, send: (status: grpc.ServiceError) => void): void {
  if (error instanceof Silence) {
    // What a client sees of a connection that broke: UNAVAILABLE, made by its own library.
    if (error.reset) call.emit('error', { code: grpc.status.UNAVAILABLE, details: 'Connection dropped' });
    return;
  }
  const known = error instanceof StatusError;
  const code = known ? error.code : grpc.status.INTERNAL;
  const details = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (known && error.retryAfterSeconds !== null) {
    metadata.set('grpc-status-details-bin', statusDetails(PROTOCOL, code, details, error.retryAfterSeconds));
  }
  send(Object.assign(new Error(details), { code, details, metadata }));
}

const plain = (metadata: grpc.Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata.getMap()).map(([name, value]) => [name, String(value)]));

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}
