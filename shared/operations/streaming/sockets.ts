import type * as z from 'zod/mini';
import { eventCreate, eventFilterMessage } from '../../api/schemas/events.ts';
import { logFilterMessage } from '../../api/schemas/logs.ts';
import { authMessage } from '../../api/schemas/sockets.ts';
import { subscribeMessage, taskWorkerMessage } from '../../api/schemas/task-workers.ts';
import { type Connection, SOCKET_PATHS, type SocketPath } from '../../domain/connection.ts';
import { ClientError, ConflictError, TransientError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/principal.ts';
import { authenticate, authenticateToken } from '../access/authenticate.ts';
import type { App } from '../app.ts';
import { recordEvents } from '../events/events.ts';
import { acknowledgeTask, dismissTaskWorker } from '../task-runs/background-tasks.ts';
import { followTasks } from '../task-runs/task-workers.ts';
import { followEvents, followLogs } from './follow.ts';
import { forgetListener, isLookedAfter } from './listeners.ts';

/** A WebSocket upgrade as the door sees it. */
export interface SocketRequest {
  readonly connectionId: string;
  /** Below the API's root: `/events/in`. */
  readonly path: string;
  readonly protocols: readonly string[];
  readonly authorization: string | undefined;
}

/** The subprotocol that every current client offers and expects to be selected. */
export const SUBPROTOCOL = 'prefect';

const TASKS: SocketPath = '/task_runs/subscriptions/scheduled';

/**
 * Decides on an upgrade: 404 for a path without a socket, so that clients fall back to REST at once (prefect-api 1f, 9.8).
 * Nobody is authenticated yet, since most sockets bring no credentials to the upgrade; older clients that offer no
 * subprotocol send no `auth` message, so their header must do. Nothing is posted: the connection is not open yet.
 */
export async function openSocket(
  app: App,
  request: SocketRequest,
): Promise<{ status: number; protocol: string | null }> {
  const path = SOCKET_PATHS.find((known) => known === request.path);
  if (!path) return { status: 404, protocol: null };
  const speaks = request.protocols.includes(SUBPROTOCOL);
  const principal = speaks ? null : await authenticateOrNull(() => authenticate(app, request.authorization));
  if (!speaks && (!principal || refusalOf(path, principal))) return { status: 403, protocol: null };
  const connection: Connection = { id: request.connectionId, path, principal, subscribed: [] };
  await app.store.connections.put(connection, app.clock.now());
  return { status: 200, protocol: speaks ? SUBPROTOCOL : null };
}

/** Handles one message. Whatever is wrong with it is told to the sender and ends the socket; the process goes on. */
export async function receiveMessage(app: App, connectionId: string, text: string): Promise<void> {
  const connection = recall(app, connectionId) ?? (await app.store.connections.get(connectionId));
  if (!connection) return app.realtime.close(connectionId);
  const message = parse(text);
  if (!connection.principal) return authenticateSocket(app, connection, message);
  if (message === INVALID) return refuse(app, connectionId, 'error', 'The message is not JSON.');
  if (connection.path === '/events/in') return receiveEvent(app, connection, connection.principal, message);
  if (connection.path === TASKS) return receiveFromTaskWorker(app, connection, message);
  if (connection.subscribed.length > 0) return; // It listens; nothing more is expected of it.
  if (connection.path === '/events/out') {
    const read = eventFilterMessage.safeParse(message);
    if (!read.success) return refuse(app, connectionId, 'error', filterProblem(message, read.error));
    return followEvents(app, connection, connection.principal, read.data.filter, read.data.backfill ?? true);
  }
  const read = logFilterMessage.safeParse(message);
  if (!read.success) return refuse(app, connectionId, 'error', filterProblem(message, read.error));
  return followLogs(app, connection, connection.principal, read.data.filter ?? {});
}

/** Forgets a closed socket; what a task worker did not acknowledge goes to others. May be repeated. */
export async function closeSocket(app: App, connectionId: string): Promise<void> {
  senders.get(app.store)?.delete(connectionId);
  const connection = await app.store.connections.get(connectionId);
  if (connection?.path === TASKS) return dismissTaskWorker(app, connectionId);
  if (connection && isLookedAfter(connection)) return forgetListener(app, connectionId);
  await app.store.connections.remove(connectionId);
}

const INVALID = Symbol('invalid');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return INVALID; // The caller tells the sender.
  }
}

async function authenticateSocket(app: App, connection: Connection, message: unknown): Promise<void> {
  const { id, path } = connection;
  const read = authMessage.safeParse(message);
  if (!read.success) return refuse(app, id, 'auth_failure', "Expected 'auth' message");
  const token = read.data.token ?? null;
  const principal = await authenticateOrNull(() => authenticateToken(app, token));
  if (!principal) {
    return refuse(app, id, 'auth_failure', token ? 'Invalid token' : 'Auth required but no token provided');
  }
  const refusal = refusalOf(path, principal);
  if (refusal) return refuse(app, id, 'auth_failure', refusal);
  await app.store.connections.put({ ...connection, principal }, app.clock.now());
  await app.realtime.post(id, JSON.stringify({ type: 'auth_success' }));
}

/** Null when the credentials are not good; passing faults are thrown. */
async function authenticateOrNull(attempt: () => Promise<Principal>): Promise<Principal | null> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof ClientError) return null;
    throw error;
  }
}

/** First what it listens to, then an acknowledgement for each task run. A broken rule ends the socket; its tasks go to others. */
async function receiveFromTaskWorker(app: App, connection: Connection, message: unknown): Promise<void> {
  if (connection.subscribed.length === 0) {
    const read = subscribeMessage.safeParse(message);
    if (!read.success)
      return refuse(app, connection.id, 'error', `Expected 'subscribe' message: ${problem(read.error)}`);
    return followTasks(app, connection, { keys: read.data.keys, clientId: read.data.client_id });
  }
  const read = taskWorkerMessage.safeParse(message);
  if (!read.success) return refuse(app, connection.id, 'error', "Expected 'ack' message");
  if (read.data.type === 'ack') return acknowledgeTask(app, connection.id);
  await app.realtime.close(connection.id);
  await closeSocket(app, connection.id);
}

function refusalOf(path: SocketPath, principal: Principal): string | null {
  const reads = principal.kind === 'api-key' && principal.role === 'viewer';
  if (path === TASKS && reads) return 'This API key has the role "viewer" and may not run background tasks.';
  if (path === TASKS && principal.kind === 'run') return 'The token of a flow run may not serve background tasks.';
  return path === '/events/in' && reads ? 'This API key has the role "viewer" and may not send events.' : null;
}

/**
 * One frame, one event. An event that its sender may not send is dropped and logged: closing would make the client send it
 * again, and again, before everything that follows. After a passing fault the socket is closed for just that reason: the
 * client connects again and repeats what it is not sure of.
 */
async function receiveEvent(app: App, connection: Connection, principal: Principal, message: unknown): Promise<void> {
  const read = eventCreate.safeParse(message);
  if (!read.success) return refuse(app, connection.id, 'error', `Invalid event: ${problem(read.error)}`);
  remember(app, connection);
  try {
    await recordEvents(app, principal, [read.data]);
  } catch (error) {
    const facts = { connection_id: connection.id, event: read.data.event, error: String(error) };
    if (error instanceof ClientError) return app.log({ message: 'event dropped', ...facts });
    if (!(error instanceof TransientError || error instanceof ConflictError)) throw error;
    app.log({ message: 'event to be sent again', ...facts });
    await app.realtime.close(connection.id);
  }
}

async function refuse(app: App, connectionId: string, type: 'auth_failure' | 'error', reason: string): Promise<void> {
  await app.realtime.post(connectionId, JSON.stringify({ type, reason }));
  await app.realtime.close(connectionId);
  await closeSocket(app, connectionId);
}

function filterProblem(message: unknown, error: z.core.$ZodError): string {
  const isFilter = (message as { type?: unknown } | null)?.type === 'filter';
  return isFilter ? `Invalid filter: ${problem(error)}` : "Expected 'filter' message";
}

/** The first problem, with its place. */
function problem(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  const place = issue?.path.map(String).join('.');
  const extra = issue?.code === 'unrecognized_keys' ? `unknown key "${issue.keys[0]}"` : issue?.message;
  return place ? `${place}: ${extra}` : (extra ?? 'unreadable');
}

/** Authenticated senders of events, so that not every frame reads its connection; what is remembered never changes. */
const senders = new WeakMap<App['store'], Map<string, Connection>>();
const SENDERS = 2_000;

const recall = (app: App, id: string): Connection | null => senders.get(app.store)?.get(id) ?? null;

function remember(app: App, connection: Connection): void {
  const known = senders.get(app.store) ?? new Map<string, Connection>();
  senders.set(app.store, known);
  if (known.size >= SENDERS) known.clear();
  known.set(connection.id, connection);
}
