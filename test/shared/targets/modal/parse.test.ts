import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modalType } from '../../../../shared/api/worker-metadata/modal-type.ts';
import type { JsonObject } from '../../../../shared/domain/json/json.ts';
import { parseModalJob } from '../../../../shared/targets/modal/parse.ts';
import { jobWith } from './modal-target.ts';

const complete = { complete: true };
const problemsOf = (more: JsonObject) => {
  const parsed = parseModalJob(jobWith(more), complete);
  return 'problems' in parsed ? parsed.problems.map(({ path }) => path) : [];
};

describe('a job of a modal:push pool', () => {
  it('is read in the units that Modal counts in', () => {
    const parsed = parseModalJob(
      jobWith({ cpu: 0.5, cpu_limit: 2, memory: 512, memory_limit: 1024, gpu: 'a100-80gb:2', region: 'us-east' }),
      complete,
    );

    expect(parsed).toMatchObject({
      job: {
        command: ['python', '-c', 'print(1)'],
        ...{ milliCpu: 500, milliCpuMax: 2000, memoryMb: 512, memoryMbMax: 1024 },
        gpu: { type: 'A100-80GB', count: 2 },
        regions: ['us-east'],
        timeoutSeconds: 3600,
      },
    });
  });

  it('copes with every key missing but the credentials', () => {
    const parsed = parseModalJob({ modal_credentials: { token_id: 'ak', token_secret: 'as' } }, complete);

    expect(parsed).toMatchObject({
      job: { command: ['prefect', 'flow-run', 'execute'], env: {}, regions: [], gpu: null },
    });
  });

  it('takes the environment of the credentials block where the pool names none', () => {
    const credentials = { token_id: 'ak', token_secret: 'as', environment: 'staging' };

    expect(parseModalJob(jobWith({ modal_credentials: credentials }), complete)).toMatchObject({
      job: { environment: 'staging' },
    });
    expect(parseModalJob(jobWith({ modal_credentials: credentials, environment: 'prod' }), complete)).toMatchObject({
      job: { environment: 'prod' },
    });
  });

  it.each<[string, JsonObject, string]>([
    ['no credentials', { modal_credentials: null }, 'modal_credentials'],
    ['a token without its secret', { modal_credentials: { token_id: 'ak' } }, 'modal_credentials'],
    ['an open quote', { command: "python -c 'x" }, 'command'],
    ['arguments over 65,536 characters', { command: `echo ${'x'.repeat(65_536)}` }, 'command'],
    ['a variable that no shell can name', { env: { '2x': 'y' } }, 'env.2x'],
    ['an app whose name looks like an id', { app_name: `ap-${'a'.repeat(22)}` }, 'app_name'],
    ['an app name of 64 characters', { app_name: 'a'.repeat(64) }, 'app_name'],
    ['an image that would add lines to the Dockerfile', { image: 'a\nRUN rm -rf /' }, 'image'],
    ['a limit without a request', { cpu: null, cpu_limit: 2 }, 'cpu_limit'],
    ['a limit below the request', { memory: 512, memory_limit: 256 }, 'memory_limit'],
    ['no memory at all', { memory: 0 }, 'memory'],
    ['GPUs without a number', { gpu: 'T4:many' }, 'gpu'],
    ['more than a day', { timeout: 86_401 }, 'timeout'],
    ['half a second', { timeout: 0.5 }, 'timeout'],
    ['a relative folder', { workdir: 'src' }, 'workdir'],
    ['secrets that are not names', { secrets: [1] }, 'secrets'],
    ['an unknown kind of registry', { image_registry: { secret: 's', kind: 'quay' } }, 'image_registry.kind'],
    ['a registry without its secret', { image_registry: { kind: 'docker' } }, 'image_registry.secret'],
    ['a field that a variable sets', { sandbox_definition: { timeoutSecs: 5 } }, 'sandbox_definition.timeoutSecs'],
    ['a field of another shape', { sandbox_definition: { volumeMounts: {} } }, 'sandbox_definition.volumeMounts'],
  ])('is refused with %s', (_, more, path) => {
    expect(problemsOf(more)).toEqual([path]);
  });

  it('names every problem at once', () => {
    expect(problemsOf({ timeout: -1, gpu: '?', workdir: 'x' })).toEqual(['gpu', 'timeout', 'workdir']);
  });

  it('of a pool that is being saved may lack credentials or hold a reference to the block', () => {
    for (const modal_credentials of [null, { $ref: { block_document_id: 'x' } }]) {
      expect(parseModalJob(jobWith({ modal_credentials }), { complete: false })).toHaveProperty('job');
    }
  });

  it('has a field for each variable of the pool type', () => {
    const { variables } = modalType().default_base_job_configuration as { variables: { properties: object } };
    const { job } = parseModalJob(jobWith(), complete) as { job: object };

    // some have names of ours here; task_start_timeout_seconds is read by the lifecycle, and what customises is no variable
    expect(Object.keys(variables.properties)).toHaveLength(Object.keys(job).length);
  });

  it('never throws, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(jobWith()), 'gpu', 'region', 'env'), fc.jsonValue()),
        (job) => {
          const parsed = parseModalJob(job as JsonObject, complete);
          expect('job' in parsed || parsed.problems.length > 0).toBe(true);
        },
      ),
    );
  });
});
