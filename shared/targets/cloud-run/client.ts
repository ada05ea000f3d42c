import type { protos, v2 } from '@google-cloud/run';
import type { AuthClient } from 'google-auth-library';
import type { JsonObject } from '../../domain/json/json.ts';
import type { GcpCredentials } from './credentials.ts';
import { googleAuth, googleRun } from './libraries.ts';
import { redirect, redirectUrls } from './redirect.ts';

export interface CloudRunClientOptions {
  /** Where everything meant for Google goes instead: tests. @default Google */
  readonly endpoint?: string | undefined;
  /** Stands around every request that leaves. @default nothing */
  readonly around?: (<T>(label: string, send: () => Promise<T>) => Promise<T>) | undefined;
  /** Before each further try of a read. @default 1, 2, 4 */
  readonly readRetrySeconds?: readonly number[] | undefined;
}

export type Job = protos.google.cloud.run.v2.IJob;
export type Execution = protos.google.cloud.run.v2.IExecution;
export type Task = protos.google.cloud.run.v2.ITask;

/** The calls of the Run API that a target makes, each sent once: nothing here is repeated by Google's client. */
export interface CloudRunClient {
  getJob(name: string): Promise<Job>;
  createJob(parent: string, jobId: string, job: Job): Promise<void>;
  /** Answers the name of the execution. `etag`: refused when the job has changed since. */
  runJob(name: string, etag: string): Promise<string>;
  deleteJob(name: string): Promise<void>;
  listJobs(parent: string): Promise<Job[]>;
  getExecution(name: string): Promise<Execution>;
  listExecutions(job: string): Promise<Execution[]>;
  deleteExecution(name: string): Promise<void>;
  cancelExecution(name: string): Promise<void>;
  listTasks(execution: string): Promise<Task[]>;
  /** `entries:list` of Cloud Logging, which is not part of the Run API. */
  listLogEntries(body: JsonObject): Promise<LogEntry[]>;
}

export interface LogEntry {
  readonly timestamp?: string;
  readonly textPayload?: string;
  readonly jsonPayload?: JsonObject;
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const LOGGING = 'https://logging.googleapis.com/v2/entries:list';
/** Of one request; a submission is a few of them, and a Lambda ends after 25 s. */
const TIMEOUT_MS = 15_000;
const ONCE = { retry: null, timeout: TIMEOUT_MS };

/** One client per credentials for the life of the process: a sign-in by federation costs two requests. */
export function cloudRunClients(options: CloudRunClientOptions): (credentials: GcpCredentials) => CloudRunClient {
  const clients = new Map<string, CloudRunClient>();
  return (credentials) => {
    const client = clients.get(credentials.hash) ?? newClient(credentials, options);
    clients.set(credentials.hash, client);
    return client;
  };
}

function newClient({ info }: GcpCredentials, options: CloudRunClientOptions): CloudRunClient {
  const auth = signIn(info, options);
  const { JobsClient, ExecutionsClient, TasksClient } = googleRun().v2;
  // REST, as gRPC's channels do not live well in functions; the type of the options does not know a client of our own
  const common = { auth, fallback: true } as unknown as ConstructorParameters<typeof JobsClient>[0];
  let jobs: v2.JobsClient | undefined;
  let executions: v2.ExecutionsClient | undefined;
  let tasks: v2.TasksClient | undefined;
  const ofJobs = () => (jobs ??= new JobsClient(common));
  const ofExecutions = () => (executions ??= new ExecutionsClient(common));
  const ofTasks = () => (tasks ??= new TasksClient(common));
  return {
    getJob: async (name) => (await ofJobs().getJob({ name }, ONCE))[0],
    createJob: async (parent, jobId, job) => void (await ofJobs().createJob({ parent, jobId, job }, ONCE)),
    async runJob(name, etag) {
      const [operation] = await ofJobs().runJob({ name, etag }, ONCE);
      return operation.metadata?.name ?? '';
    },
    deleteJob: async (name) => void (await ofJobs().deleteJob({ name }, ONCE)),
    listJobs: async (parent) => (await ofJobs().listJobs({ parent }, ONCE))[0],
    getExecution: async (name) => (await ofExecutions().getExecution({ name }, ONCE))[0],
    listExecutions: async (parent) => (await ofExecutions().listExecutions({ parent }, ONCE))[0],
    deleteExecution: async (name) => void (await ofExecutions().deleteExecution({ name }, ONCE)),
    cancelExecution: async (name) => void (await ofExecutions().cancelExecution({ name }, ONCE)),
    listTasks: async (parent) => (await ofTasks().listTasks({ parent }, ONCE))[0],
    async listLogEntries(body) {
      const answer = await auth.fetch(LOGGING, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      // the library has read the body already
      return (answer as unknown as { data: { entries?: LogEntry[] } }).data.entries ?? [];
    },
  };
}

interface SignedIn {
  getClient(): Promise<AuthClient>;
  fetch(url: string, request: RequestInit): Promise<Response>;
}

/** A key signs its own tokens; a federation exchanges the home's AWS identity for Google's. */
function signIn(info: JsonObject, { endpoint, around }: CloudRunClientOptions): SignedIn {
  const { GoogleAuth } = googleAuth();
  let client: AuthClient | undefined;
  const getClient = async () => {
    client ??= newAuthClient();
    return client;
  };
  function newAuthClient(): AuthClient {
    const made = new GoogleAuth({ scopes: [SCOPE] }).fromJSON(
      (endpoint ? redirectUrls(info, endpoint) : info) as never,
      { scopes: [SCOPE] } as never,
    ) as AuthClient;
    if ('useJWTAccessWithScope' in made || info['type'] === 'service_account') {
      Object.assign(made, { useJWTAccessWithScope: true });
    }
    Object.assign(made, { scopes: [SCOPE] });
    if (endpoint) redirect(made, endpoint);
    return made;
  }
  return {
    getClient,
    async fetch(url, request) {
      const send = async () => (await getClient()).fetch(url, request as never) as unknown as Promise<Response>;
      return around ? around(`google ${request.method} ${new URL(url).pathname.split('/').at(-1)}`, send) : send();
    },
  };
}
