import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { createApiHandler } from '../../functions/api/handler.ts';
import { createLifecycleHandler } from '../../functions/lifecycle/handler.ts';
import { createRealtimeHandler } from '../../functions/realtime/handler.ts';
import { createTargetHandler } from '../../functions/targets/handler.ts';
import { createContainerEndedHandler } from '../../functions/triggers/container-ended.ts';
import { createExecutionEndedHandler } from '../../functions/triggers/execution-ended.ts';
import { createRunDeploymentHandler } from '../../functions/triggers/run-deployment.ts';
import { createTimerFiredHandler } from '../../functions/triggers/timer-fired.ts';
import type { FlowRunStateChange } from '../../shared/domain/events/flow-run-state-change.ts';
import { definitionWithGrace, GRACE_SECONDS } from '../../shared/lifecycle/definition.ts';
import type { App } from '../../shared/operations/app.ts';
import { TIMER_FUNCTION } from '../../shared/operations/events/timer-events.ts';
import { repairAll } from '../../shared/operations/repair.ts';
import { createStore } from '../../shared/store/store.ts';
import type { Consumed } from '../../shared/store/table.ts';
import { fromAnywhere, fromThisMachine, isLoopback } from './admission.ts';
import { CLOUD_FUNCTIONS, type CloudEndpoints, registerCloudTargets } from './cloud-targets.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { type Database, startDatabase } from './database.ts';
import { createFunctions, type Functions } from './lambda.ts';
import { createHttpListener } from './listener-http.ts';
import { attachWebsocketListener, type WebsocketListener } from './listener-websocket.ts';
import { createProcessTarget, type ProcessTarget } from './process-target/process-target.ts';
import { createScheduler, type LocalTimers } from './scheduler.ts';
import { keyFileSecrets } from './secrets.ts';
import { createEngine, type LocalEngine } from './step-functions.ts';
import { builtWebPage } from './web-page.ts';

export interface HomeOptions {
  /** Everything that is kept, made when it is not there. One home at a time. */
  readonly dataFolder: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** API keys and run tokens are asked for; without it the home listens on loopback alone. @default false */
  readonly authRequired?: boolean;
  /** How long events, logs and the output of processes are kept. @default 7 */
  readonly retentionDays?: number;
  /** One structured line for the operator. @default nowhere */
  readonly log?: (line: Record<string, unknown>) => void;
  /** Output of jobs with `stream_output`. @default nowhere */
  readonly echo?: (flowRunId: string, text: string) => void;
  /** Told of every state change of a flow run, as rules on the bus are in AWS; twice now and then. @default nobody listens */
  readonly onStateChange?: (change: FlowRunStateChange) => void;
  /** The home cannot go on (its database died). @default throws it, which ends the process */
  readonly onFailure?: (error: Error) => void;
  /** Told of what AWS would bill. @default nobody counts */
  readonly meter?: Meter;
  /** Shorter times, for tests. */
  readonly websocket?: { readonly idleSeconds?: number; readonly connectionSeconds?: number };
  readonly stopGraceSeconds?: number;
  readonly cancelGraceSeconds?: number;
  readonly endpoints?: CloudEndpoints;
}

/** Counts what AWS would bill. */
export interface Meter {
  readonly consumed: (consumed: Consumed) => void;
  /** One call of a function, and how long it worked. */
  readonly invoked: (name: string, milliseconds: number) => void;
}

export interface Home {
  /** What clients put in PREFECT_API_URL. */
  readonly apiUrl: string;
  readonly app: App;
  readonly functions: Functions;
  readonly engine: LocalEngine;
  readonly timers: LocalTimers;
  readonly sockets: WebsocketListener;
  readonly target: ProcessTarget;
  readonly database: Database;
  /** After everything that the last home still owed has been done. */
  readonly repaired: Promise<number>;
  /** Ends what is under way and lets go of the folder; processes of flow runs live on and are adopted by the next home. */
  close(): Promise<void>;
}

/** Names of the functions, as the state machine, the timers and the gateways call them. */
const NAMES = {
  api: 'api',
  realtime: 'realtime',
  lifecycle: 'lifecycle',
  containerEnded: 'container-ended',
  executionEnded: 'execution-ended',
  targetProcess: 'target-process',
  runDeployment: 'run-deployment',
} as const;
const CLOSE_TIMEOUT_MS = 5000;

/** Listening beyond this machine without asking for keys. */
export class OpenToOthers extends Error {
  override readonly name = 'OpenToOthers';
}

/**
 * The whole program on one machine. Resolves when requests are answered. Throws `OpenToOthers`, `DataFolderInUse`,
 * `DataFolderOutdated`, or the system's error when the port is taken.
 */
export async function startHome(options: HomeOptions): Promise<Home> {
  const host = options.host ?? '127.0.0.1';
  const authRequired = options.authRequired ?? false;
  if (!authRequired && !isLoopback(host)) {
    throw new OpenToOthers(
      `Without keys this home listens on this machine alone, not on ${host}. Set PUSHPOOL_AUTH=1 to ask for keys, or leave out --host.`,
    );
  }
  const lock = lockDataFolder(options.dataFolder);
  const opened: (() => Promise<void> | void)[] = [() => lock.release()];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    return await openHome(options, { host, authRequired, opened, closeAll });
  } catch (error) {
    await closeAll();
    throw error;
  }
}

interface Opening {
  readonly host: string;
  readonly authRequired: boolean;
  /** What to close, in the order of opening. */
  readonly opened: (() => Promise<void> | void)[];
  readonly closeAll: () => Promise<void>;
}

async function openHome(options: HomeOptions, { host, authRequired, opened, closeAll }: Opening): Promise<Home> {
  const { dataFolder } = options;
  const log = options.log ?? (() => {});
  const retentionDays = options.retentionDays ?? 7;
  const cancelGraceSeconds = options.cancelGraceSeconds ?? GRACE_SECONDS;
  const functions = createFunctions(options.meter?.invoked);
  const ready = Promise.withResolvers<void>();
  const gateway = {
    log,
    admit: authRequired ? fromAnywhere : fromThisMachine,
  };
  const invoke = (name: string) => async (event: unknown) => {
    await ready.promise;
    return await functions.invoke(name, event);
  };
  const database = await startDatabase(join(dataFolder, 'dynamodb'), {
    onFailure: options.onFailure ?? fail,
    onConsumed: options.meter?.consumed,
  });
  opened.push(() => database.close());

  const server = createHttpListener({ ...gateway, invoke: invoke(NAMES.api), page: builtWebPage() });
  const sockets = attachWebsocketListener(server, { ...gateway, ...options.websocket, invoke: invoke(NAMES.realtime) });
  const port = await listen(server, options.port, host);
  const apiUrl = `http://${reachable(host)}:${port}/api`;

  const target = createProcessTarget({
    dataFolder,
    log,
    retentionDays,
    onEnded: (event) => functions.invoke(NAMES.containerEnded, event),
    ...(options.echo && { echo: options.echo }),
    ...(options.stopGraceSeconds !== undefined && { graceSeconds: options.stopGraceSeconds }),
  });
  const engine = createEngine({
    definition: definitionWithGrace(cancelGraceSeconds),
    substitutions: { LifecycleFunction: NAMES.lifecycle },
    dataFolder,
    functions,
    log,
    onFailed: (failed) => functions.invoke(NAMES.executionEnded, { ...failed, status: 'FAILED' }),
  });
  const timers = createScheduler({ dataFolder, functions, log });
  opened.push(async () => {
    timers.suspend();
    engine.suspend();
    target.close();
    await sockets.shutDown();
    await stopListening(server);
    await functions.settled(CLOSE_TIMEOUT_MS);
    timers.close();
    engine.close();
  });

  const app: App = {
    store: createStore(database.table),
    log,
    clock: { now: () => new Date(), newId: () => v7() },
    engine,
    timers,
    secrets: keyFileSecrets(join(dataFolder, 'secret.key')),
    realtime: sockets,
    bus: { put: async (change) => options.onStateChange?.(change) },
    settings: {
      apiUrl,
      authRequired,
      targets: { 'process:push': NAMES.targetProcess, ...CLOUD_FUNCTIONS },
      reportsEnds: ['process:push'],
      retentionDays,
      cancelGraceSeconds,
    },
  };
  functions.register(NAMES.api, createApiHandler(app));
  functions.register(NAMES.realtime, createRealtimeHandler(app));
  functions.register(NAMES.lifecycle, createLifecycleHandler(app));
  functions.register(NAMES.targetProcess, createTargetHandler(app, target));
  functions.register(NAMES.runDeployment, createRunDeploymentHandler(app));
  registerCloudTargets(functions, app, options.endpoints ?? {});
  functions.register(TIMER_FUNCTION, createTimerFiredHandler(app));
  functions.register(NAMES.executionEnded, createExecutionEndedHandler(app));
  functions.register(
    NAMES.containerEnded,
    createContainerEndedHandler(app, async (input) => {
      await functions.invoke(NAMES.targetProcess, { step: 'clean-up', input });
    }),
  );

  target.resume();
  engine.resume();
  timers.resume();
  const repaired = repairAll(app).catch((error: unknown) => {
    log({ level: 'ERROR', message: 'The repair at start did not finish.', error: String(error) });
    return 0;
  });
  opened.push(async () => void (await repaired));
  ready.resolve();
  return { apiUrl, app, functions, engine, timers, sockets, target, database, repaired, close: closeAll };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Lets requests under way end, but not for ever. */
async function stopListening(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  await closed;
  clearTimeout(timer);
}

/** An address that the processes of flow runs, on this machine, can reach. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function fail(error: Error): never {
  throw error;
}
