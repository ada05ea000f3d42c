import { type Answer, type Call, HttpCloud, Refusal } from '../http-cloud.ts';
import { checkJob } from './check-job.ts';
import { problemsOf, withNames, withNumbers } from './descriptor.ts';
import { GoogleIdentity, refused } from './google-identity.ts';
import type { Execution, Job, Outcome } from './model.ts';
import { etagOf, viewExecution, viewJob, viewTask } from './views.ts';

const JOB = '/v2/projects/(?<p>[^/]+)/locations/(?<r>[^/]+)/jobs';
const PAGE = 2;

/**
 * Cloud Run's jobs (Admin API v2), Cloud Logging's reads and Google's sign-in, as a program (targets.md 5.2). Written from
 * Google's REST reference, strict by its descriptor; checked by Google's own client in `test/fakes/cloud-run/cloud-run.test.ts`.
 */
export class FakeCloudRun extends HttpCloud {
  readonly jobs = new Map<string, Job>();
  /** Every execution that was ever made, the deleted ones too. */
  readonly everMade: Execution[] = [];
  readonly identity: GoogleIdentity;
  readonly regions = new Set(['us-central1', 'europe-west1']);
  /** From create to a job that can run. */
  readySeconds = 3;
  /** From the start of an execution to its running task. Null: it waits until `start`. */
  startSeconds: number | null = 5;
  /** From SIGTERM to the end. */
  graceSeconds = 10;
  /** A job does not show an execution that is younger than this. */
  staleSeconds = 0;
  /** False: the field is refused, as before it was generally available. */
  takesStartToken = true;
  /** True: a job with executions is not deleted. */
  executionsFirst = false;
  logsForbidden = false;
  onExecution: (execution: Execution) => void = () => {};

  constructor(now?: () => Date) {
    const route = (op: string, method: string, path: string, permission: string, handle: (call: Call) => Answer) => ({
      op,
      method,
      path: new RegExp(`^${path}$`),
      handle: (call: Call) => {
        this.#admit(call, permission);
        this.settle();
        return handle(call);
      },
    });
    const one = `${JOB}/(?<j>[^/:]+)`;
    const execution = `${one}/executions/(?<e>[^/:]+)`;
    super(
      [
        ...GoogleIdentity.routes(() => this.identity),
        route('create', 'POST', JOB, 'run.jobs.create', (call) => this.#create(call)),
        route('list', 'GET', JOB, 'run.jobs.list', (call) => this.#list(call)),
        route('get', 'GET', one, 'run.jobs.get', (call) => this.#answer('Job', this.#viewJob(this.#job(call)), call)),
        route('run', 'POST', `${one}:run`, 'run.jobs.run', (call) => this.#run(call)),
        route('delete', 'DELETE', one, 'run.jobs.delete', (call) => this.#delete(call)),
        route('list-executions', 'GET', `${one}/executions`, 'run.executions.list', (call) =>
          this.#listExecutions(call),
        ),
        route('get-execution', 'GET', execution, 'run.executions.get', (call) =>
          this.#answer('Execution', viewExecution(this.#execution(call)), call),
        ),
        route('delete-execution', 'DELETE', execution, 'run.executions.delete', (call) => this.#deleteExecution(call)),
        route('cancel', 'POST', `${execution}:cancel`, 'run.executions.cancel', (call) => this.#cancel(call)),
        route('tasks', 'GET', `${execution}/tasks`, 'run.tasks.list', (call) => this.#tasks(call)),
        route(
          'operation',
          'GET',
          '/v2/projects/(?<p>[^/]+)/locations/(?<r>[^/]+)/operations/(?<o>[^/]+)',
          'run.operations.get',
          (call) => ({
            status: 200,
            body: { name: call.path.slice(4), done: true },
          }),
        ),
        {
          op: 'logs',
          method: 'POST',
          path: /^\/v2\/entries:list$/,
          handle: (call: Call) => this.#logs(call),
        },
      ],
      now,
    );
    this.identity = new GoogleIdentity(this);
  }

  /** The task of the newest execution of a job starts now. */
  start(job: string): void {
    this.#newest(job).startedAt ??= this.now();
  }

  /** It ends by itself. */
  exit(job: string, outcome: Outcome): void {
    const execution = this.#newest(job);
    if (!outcome.reason) execution.startedAt ??= this.now();
    execution.endedAt = this.now();
    execution.outcome = outcome;
  }

  /** Its image is not there: the job never becomes ready, and its execution fails. */
  failImage(job: string, reason = 'CONTAINER_MISSING'): void {
    const found = this.#named(job);
    const message = `Image '${found.spec.template.template.containers[0].image}' not found.`;
    found.broken = { reason, message };
    if (found.executions.length > 0) this.exit(job, { reason, message });
  }

  /** Job and executions go without anybody's request. */
  vanish(job: string): void {
    for (const execution of this.#named(job).executions) execution.endedAt ??= this.now();
    this.jobs.delete(job);
  }

  print(job: string, text: string): void {
    this.#newest(job).output.push({ at: this.now(), text });
  }

  /** The environment that a container of the job sees. */
  static environment({ job }: Execution): Record<string, string> {
    const env: { name: string; value?: string }[] = job.spec.template.template.containers[0].env ?? [];
    return Object.fromEntries(env.map(({ name, value }) => [name, value ?? '']));
  }

  #named(id: string): Job {
    const job = this.jobs.get(id);
    if (!job) throw new Error(`There is no job ${id}, only ${[...this.jobs.keys()]}.`);
    return job;
  }

  #newest(job: string): Execution {
    const execution = this.#named(job).executions.at(-1);
    if (!execution) throw new Error(`Job ${job} has no execution.`);
    return execution;
  }

  #admit(call: Call, permission: string): void {
    this.identity.admit(call, permission);
    const { p = '', r = '' } = call.params;
    if (!this.regions.has(r)) throw new Refusal({ status: 404, body: HTML_404 });
    if (!this.identity.projects.has(p)) throw refused(404, 'NOT_FOUND', `Project '${p}' not found or deleted.`);
  }

  #create(call: Call): Answer {
    const id = call.query['jobId'] ?? '';
    const problems = problemsOf('Job', call.body);
    for (const problem of problems) this.violation(`create: ${problem}`);
    if (problems.length > 0) throw refused(400, 'INVALID_ARGUMENT', `Invalid JSON payload received: ${problems[0]}`);
    const spec = withNames('Job', call.body) as Record<string, never> & { startExecutionToken?: string };
    checkJob(id, spec, this.takesStartToken);
    if (this.jobs.has(id)) throw refused(409, 'ALREADY_EXISTS', `Resource '${id}' already exists.`);
    const { startExecutionToken: token, ...rest } = spec;
    const job: Job = {
      id,
      name: `${call.path.slice(4)}/${id}`,
      spec: rest,
      createdAt: this.now(),
      executions: [],
      broken: null,
    };
    this.jobs.set(id, job);
    if (token) this.#execute(job, `${id}-${token}`);
    return this.#operation('Job', this.#viewJob(job), call);
  }

  #execute(job: Job, name: string): Execution {
    const execution: Execution = {
      name: `${job.name}/executions/${name}`,
      job,
      createdAt: this.now(),
      startedAt: null,
      endedAt: null,
      outcome: null,
      cancellingSince: null,
      retried: 0,
      output: [],
    };
    job.executions.push(execution);
    this.everMade.push(execution);
    this.onExecution(execution);
    return execution;
  }

  #run(call: Call): Answer {
    const job = this.#job(call);
    for (const problem of problemsOf('RunJobRequest', call.body ?? {})) this.violation(`run: ${problem}`);
    if (call.body?.etag && call.body.etag !== etagOf(job)) {
      throw refused(409, 'ABORTED', `Conflict for resource '${job.id}': the etag is not the current one.`);
    }
    if (!this.#isReady(job)) throw refused(400, 'FAILED_PRECONDITION', `Job '${job.id}' is not ready.`);
    const execution = this.#execute(job, `${job.id}-${String.fromCharCode(97 + job.executions.length)}2x4z`);
    return this.#operation('Execution', viewExecution(execution), call);
  }

  #list(call: Call): Answer {
    const all = [...this.jobs.values()].filter(({ name }) => name.startsWith(`${call.path.slice(4)}/`));
    return this.#page(
      'jobs',
      'Job',
      all.map((job) => this.#viewJob(job)),
      call,
    );
  }

  #listExecutions(call: Call): Answer {
    const views = this.#job(call).executions.map((execution) => viewExecution(execution));
    return this.#page('executions', 'Execution', views, call);
  }

  #tasks(call: Call): Answer {
    return this.#page('tasks', 'Task', [viewTask(this.#execution(call))], call);
  }

  /** In small pages, so that a client that reads only the first is found out. */
  #page(field: string, type: string, all: unknown[], call: Call): Answer {
    const from = Number(call.query['pageToken'] ?? 0);
    const next = from + PAGE;
    const shown = all.slice(from, next).map((item) => this.#encoded(type, item, call));
    return { status: 200, body: { [field]: shown, ...(next < all.length && { nextPageToken: String(next) }) } };
  }

  #delete(call: Call): Answer {
    const job = this.#job(call);
    if (job.executions.some(({ endedAt }) => !endedAt)) {
      throw refused(400, 'FAILED_PRECONDITION', `Job '${job.id}' has running executions.`);
    }
    if (this.executionsFirst && job.executions.length > 0) {
      throw refused(400, 'FAILED_PRECONDITION', `Job '${job.id}' has executions.`);
    }
    this.jobs.delete(job.id);
    return this.#operation('Job', this.#viewJob(job), call);
  }

  #deleteExecution(call: Call): Answer {
    const execution = this.#execution(call);
    if (!execution.endedAt) throw refused(400, 'FAILED_PRECONDITION', 'A running execution cannot be deleted.');
    execution.job.executions.splice(execution.job.executions.indexOf(execution), 1);
    return this.#operation('Execution', viewExecution(execution), call);
  }

  #cancel(call: Call): Answer {
    const execution = this.#execution(call);
    if (execution.endedAt) throw refused(400, 'FAILED_PRECONDITION', 'The execution has completed.');
    execution.cancellingSince ??= this.now();
    return this.#operation('Execution', viewExecution(execution), call);
  }

  #logs(call: Call): Answer {
    this.identity.admit(call, 'logging.logEntries.list');
    if (this.logsForbidden) throw refused(403, 'PERMISSION_DENIED', "Permission 'logging.logEntries.list' denied.");
    const { filter = '', resourceNames, pageSize = 50, orderBy, ...more } = call.body;
    for (const field of Object.keys(more)) this.violation(`logs: unknown field ${field}`);
    if (!/^projects\/[^/]+$/.test(resourceNames?.[0] ?? '')) this.violation(`logs: resourceNames ${resourceNames}`);
    const job = /resource\.labels\.job_name\s*=\s*"([^"]+)"/.exec(filter)?.[1];
    const name = /labels\."run\.googleapis\.com\/execution_name"\s*=\s*"([^"]+)"/.exec(filter)?.[1];
    if (!/resource\.type\s*=\s*"cloud_run_job"/.test(filter)) this.violation(`logs: filter ${filter}`);
    const execution = this.everMade.find((made) => made.job.id === job && (!name || made.name.endsWith(`/${name}`)));
    const lines = [...(execution?.output ?? [])];
    if (orderBy === 'timestamp desc') lines.reverse();
    const entries = lines.slice(0, pageSize).map(({ at, text }, place) => ({
      insertId: String(place),
      timestamp: at.toISOString(),
      textPayload: text,
      resource: { type: 'cloud_run_job', labels: { job_name: job } },
    }));
    return { status: 200, body: entries.length > 0 ? { entries } : {} };
  }

  #job({ params }: Call): Job {
    const job = this.jobs.get(params['j'] ?? '');
    const place = `projects/${params['p']}/locations/${params['r']}/jobs/${params['j']}`;
    if (!job || job.name !== place)
      throw refused(
        404,
        'NOT_FOUND',
        `Resource '${params['j']}' of kind 'JOB' in region '${params['r']}' in project '${params['p']}' does not exist.`,
      );
    return job;
  }

  #execution(call: Call): Execution {
    const job = this.#job(call);
    const execution = job.executions.find(({ name }) => name.endsWith(`/${call.params['e']}`));
    if (!execution)
      throw refused(404, 'NOT_FOUND', `Resource '${call.params['e']}' of kind 'EXECUTION' does not exist.`);
    return execution;
  }

  #past(from: Date, seconds: number): boolean {
    return this.now().getTime() >= from.getTime() + seconds * 1000;
  }

  #isReady = (job: Job): boolean => !job.broken && this.#past(job.createdAt, this.readySeconds);

  /** Does what time has brought since the last look. */
  settle(): void {
    for (const execution of [...this.jobs.values()].flatMap((job) => job.executions)) {
      const { createdAt, startedAt, endedAt, cancellingSince } = execution;
      if (endedAt) continue;
      if (cancellingSince && (!startedAt || this.#past(cancellingSince, this.graceSeconds))) {
        execution.endedAt = this.now();
        execution.outcome = { cancelled: true, message: 'The execution was cancelled.' };
      } else if (startedAt && this.#past(startedAt, timeoutSeconds(execution.job))) {
        execution.endedAt = this.now();
        execution.outcome = { statusCode: DEADLINE_EXCEEDED, message: 'The configured timeout was reached.' };
      } else if (!startedAt && this.startSeconds !== null && this.#past(createdAt, this.startSeconds)) {
        execution.startedAt = this.now();
      }
    }
  }

  #viewJob(job: Job) {
    const newest = job.executions.findLast((execution) => this.#past(execution.createdAt, this.staleSeconds));
    return viewJob(job, newest ?? null, this.#isReady(job));
  }

  #operation(type: string, value: unknown, call: Call): Answer {
    const { p, r } = call.params;
    const metadata = {
      '@type': `type.googleapis.com/google.cloud.run.v2.${type}`,
      ...(this.#encoded(type, value, call) as object),
    };
    return {
      status: 200,
      body: { name: `projects/${p}/locations/${r}/operations/${call.op}-1`, metadata, done: false },
    };
  }

  #answer(type: string, value: unknown, call: Call): Answer {
    return { status: 200, body: this.#encoded(type, value, call) };
  }

  #encoded(type: string, value: unknown, { query }: Call): unknown {
    return query['$alt'] === 'json;enum-encoding=int' ? withNumbers(type, value) : value;
  }
}

const DEADLINE_EXCEEDED = 4;
/** Of `"600s"`, Google's way to write a duration. */
const timeoutSeconds = ({ spec }: Job): number => Number.parseFloat(spec.template.template.timeout ?? '600s');

const HTML_404 =
  '<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p><b>404.</b> That’s an error.</html>';
