import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundleSizes, type Bundles, bundleFunctions } from '../../../infra/aws/bundle.ts';
import { FUNCTIONS, type FunctionName } from '../../../infra/aws/names.ts';

/** What a cold start of each function may read beside the AWS SDK, minified, in bytes. Raising one is part of the commit that needs it, with the reason. */
const BUDGETS: Record<FunctionName, number> = {
  // what every flow run asks for; other resources load at first use (decision 014)
  api: 300_000,
  // its own code; the files that it shows lie beside it
  page: 5_000,
  realtime: 200_000,
  lifecycle: 200_000,
  // the actions of automations, which run deployments among others
  repair: 260_000,
  'container-ended': 200_000,
  // the rules of all that an action may set going; states of task runs that are set over REST are noted for who asks by id
  'timer-fired': 268_000,
  'run-deployment': 250_000,
  // task definitions, networks and roles are looked at before a task is started
  'target-ecs': 215_000,
  // Azure's clients of container groups and of Entra ID: 420 KB by themselves
  'target-aci': 640_000,
  // its two APIs and their credentials
  'target-cloud-run': 210_000,
  // modal's client is one module that holds the whole of Modal's protocol: it cannot be bundled in part (decision 011 says why bundled at all)
  'target-modal': 1_900_000,
};

const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-bundles-'));
const sizes = new Map<FunctionName, BundleSizes>();
let bundles: Bundles;

beforeAll(async () => {
  bundles = await bundleFunctions(folder, (name, size) => sizes.set(name, size));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the bundle of a function', () => {
  it.each(FUNCTIONS)('%s keeps its budget', (name) => {
    expect(sizes.get(name)?.ownBytes).toBeLessThanOrEqual(BUDGETS[name]);
  });

  it.each(FUNCTIONS.filter((name) => name !== 'page'))(
    '%s loads in Node by itself, up to the environment that only a deployment gives',
    async (name) => {
      const load = `await import(${JSON.stringify(path.join(bundles[name], 'index.mjs'))})`;
      const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', load], {
        cwd: tmpdir(),
        env: {},
      });

      await expect(run).rejects.toMatchObject({ stderr: expect.stringContaining('was deployed without') });
    },
  );

  it('has packaged data and rarely used libraries only where they are read', () => {
    const folders = (name: FunctionName) => readdirSync(bundles[name]).filter((file) => !file.endsWith('.mjs'));

    expect(folders('api').sort()).toEqual(['data', 'node_modules']);
    expect(folders('realtime')).toEqual([]);
  });

  it('of the API leaves to a first request what few requests ask for', () => {
    const entry = readFileSync(path.join(bundles.api, 'index.mjs'), 'utf8');

    expect(entry).toContain('/flow_runs/{id}/set_state');
    expect(entry).not.toContain('/saved_searches/');
    expect(sizes.get('api')?.laterBytes).toBeGreaterThan(100_000);
  });

  it('of the page carries the web page, or one that says that it was not built', async () => {
    const { handler } = await import(path.join(bundles.page, 'index.mjs'));

    const { statusCode, headers, body } = await handler({ rawPath: '/page/runs', headers: {} });

    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(Buffer.from(body, 'base64').toString()).toContain('<title>pushpool</title>');
  });

  it('of the API carries the OpenAPI document, and leaves what makes it out', () => {
    const document = JSON.parse(readFileSync(path.join(bundles.api, 'data', 'openapi.json'), 'utf8'));

    expect(Object.keys(document.paths).length).toBeGreaterThan(140);
    expect(readFileSync(path.join(bundles.api, 'index.mjs'), 'utf8')).not.toContain('toJSONSchema');
  });

  it('finds the libraries that it loads at first use beside it', () => {
    const load = createRequire(path.join(bundles.api, 'index.mjs'));

    expect(new (load('rrule').RRule)({ freq: 3, count: 2 }).all()).toHaveLength(2);
    expect(load('@huggingface/jinja').tokenize('{{ a }}')).toHaveLength(3);
    expect(load('@cfworker/json-schema').validate(1, { type: 'string' }).valid).toBe(false);
    expect(load.resolve('rrule')).toContain(bundles.api);
  });

  it("of Cloud Run turns a job into Google's JSON with the library beside it", async () => {
    const load = createRequire(path.join(bundles['target-cloud-run'], 'index.mjs'));
    const sent: string[] = [];
    const auth = {
      getClient: async () => ({ getRequestHeaders: async () => new Headers() }),
      fetch: async (_url: string, { body }: { body: string }) => {
        sent.push(body);
        return new Response('{"name":"operations/1"}');
      },
    };
    const google = load('@google-cloud/run');
    const jobs = new google.v2.JobsClient({ auth, fallback: true });
    const job = google.protos.google.cloud.run.v2.Job.fromObject({
      template: { taskCount: 1, template: { timeout: { seconds: 60 }, containers: [{ image: 'a' }] } },
    });

    await jobs.createJob({ parent: 'projects/p/locations/l', jobId: 'j', job }, { retry: null });

    expect(JSON.parse(sent[0]!)).toMatchObject({ template: { taskCount: 1, template: { timeout: '60s' } } });
  });

  it('is the same, byte for byte, for the same source: a deployment uploads only what changed', async () => {
    const again = new Map<FunctionName, BundleSizes>();

    await bundleFunctions(path.join(folder, 'again'), (name, size) => again.set(name, size));

    expect(again).toEqual(sizes);
  }, 300_000);

  it('counts the SDK apart: the whole file is larger than what is ours', () => {
    for (const [name, { ownBytes, totalBytes }] of sizes)
      if (name !== 'page') expect(totalBytes).toBeGreaterThan(ownBytes);
  });
});
