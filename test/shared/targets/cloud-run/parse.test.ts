import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../shared/domain/json/json.ts';
import { parseCloudRunJob } from '../../../../shared/targets/cloud-run/parse.ts';
import { jobOfPool, templateOf } from '../job-of-pool.ts';

const TYPE = 'cloud-run-v2:push';
const KEY = { type: 'service_account', client_email: 'a@b', private_key: 'k', project_id: 'p' };
const NEEDED = { credentials: { service_account_info: KEY } };

// biome-ignore lint/suspicious/noExplicitAny: Google's own JSON
function parsed(variables: JsonObject = {}, type = TYPE, template?: JsonObject): any {
  const answer = parseCloudRunJob(jobOfPool(type, { ...NEEDED, ...variables }, template), { complete: true });
  if ('problems' in answer) throw new Error(JSON.stringify(answer.problems));
  return answer.job;
}
function problems(job: JsonObject, complete = true): string[] {
  const answer = parseCloudRunJob(job, { complete });
  return 'problems' in answer ? answer.problems.map(({ path }) => path) : [];
}
const container = (variables: JsonObject = {}) => parsed(variables).body.template.template.containers[0];

describe('a job of a Cloud Run pool', () => {
  it('becomes a job with one container, no retries of its own and the time limit in seconds', () => {
    expect(parsed().body).toMatchObject({
      client: 'prefect',
      launchStage: 'BETA',
      template: {
        template: {
          maxRetries: 0,
          timeout: '3600s',
          containers: [
            {
              image: 'prefecthq/prefect:3-latest',
              command: ['prefect', 'flow-run', 'execute'],
              resources: { limits: { cpu: '1000m', memory: '512Mi' } },
            },
          ],
        },
      },
    });
    expect(parsed().body.template.template).not.toHaveProperty('vpcAccess');
  });

  it('takes the project from the block, else from the key', () => {
    expect(parsed().credentials.project).toBe('p');
    expect(
      parsed({ credentials: { service_account_info: JSON.stringify(KEY), project: 'q' } }).credentials.project,
    ).toBe('q');
  });

  it('lets a secret stand for a variable of the same name', () => {
    const { env } = container({
      env: { TOKEN: 'plain' },
      env_from_secrets: { TOKEN: { secret: 'token', version: '2' } },
      prefect_api_key_secret: { secret: 'key' },
    });

    expect(env).toContainEqual({ name: 'TOKEN', valueSource: { secretKeyRef: { secret: 'token', version: '2' } } });
    expect(env).toContainEqual({
      name: 'PREFECT_API_KEY',
      valueSource: { secretKeyRef: { secret: 'key', version: 'latest' } },
    });
    expect(env.filter(({ name }: { name: string }) => name === 'TOKEN' || name === 'PREFECT_API_KEY')).toHaveLength(2);
  });

  it('mounts Cloud SQL instances', () => {
    const { template } = parsed({ cloudsql_instances: ['p:r:i'] }).body.template;

    expect(template.volumes).toEqual([{ name: 'cloudsql', cloudSqlInstance: { instances: ['p:r:i'] } }]);
    expect(template.containers[0].volumeMounts).toEqual([{ name: 'cloudsql', mountPath: '/cloudsql' }]);
  });

  it('makes labels that Google takes of any text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (labels) => {
        for (const [key, value] of Object.entries(parsed({ labels }).body.labels)) {
          expect(key).toMatch(/^[a-z][a-z0-9_-]{0,62}$/);
          expect(value).toMatch(/^[a-z0-9_-]{0,63}$/);
        }
      }),
    );
  });

  it('has an id that Google takes, whatever its name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (name) => {
        expect(parsed({ name }).name).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])?$/);
        expect(parsed({ name }).name.length).toBeLessThanOrEqual(40);
      }),
    );
  });

  it.each<[string, JsonObject, string[]]>([
    ['little memory', { memory: '256Mi' }, ['memory']],
    ['much memory for one CPU', { memory: '8Gi' }, ['cpu']],
    ['a CPU that is none', { cpu: 'many' }, ['cpu']],
    ['more than a week', { timeout: 700_000 }, ['timeout']],
    ['a file for a key', { credentials: { service_account_file: '/k.json' } }, ['credentials.service_account_file']],
    [
      'half a key',
      { credentials: { service_account_info: { ...KEY, private_key: '' } } },
      ['credentials.service_account_info.private_key'],
    ],
    ['no project', { credentials: { service_account_info: { ...KEY, project_id: '' } } }, ['credentials.project']],
  ])('is refused with %s', (_, variables, paths) => {
    expect(problems(jobOfPool(TYPE, { ...NEEDED, ...variables }))).toEqual(paths);
  });

  it('is not complete while its pool is saved, and that is no problem', () => {
    expect(problems(jobOfPool(TYPE, {}), false)).toEqual([]);
    expect(problems(jobOfPool(TYPE, {}))).toEqual(['credentials']);
  });

  describe('in the shape of v1', () => {
    it('becomes the same job of the v2 API', () => {
      const { body } = parsed(
        {
          timeout: 120,
          cpu: '2000m',
          memory: '1Gi',
          vpc_connector_name: 'c',
          service_account_name: 'a@b',
          image: 'flows:1',
        },
        'cloud-run:push',
      );

      expect(body).toMatchObject({
        launchStage: 'BETA',
        template: {
          template: {
            timeout: '120s',
            maxRetries: 0,
            serviceAccount: 'a@b',
            vpcAccess: { connector: 'c' },
            containers: [{ image: 'flows:1', resources: { limits: { cpu: '2000m', memory: '1Gi' } } }],
          },
        },
      });
      expect(JSON.stringify(body)).not.toMatch(/apiVersion|requests|annotations/);
    });

    it('is refused with the path of what has no counterpart', () => {
      // biome-ignore lint/suspicious/noExplicitAny: Knative's own JSON
      const template = structuredClone(templateOf('cloud-run:push')) as any;
      template.job_configuration.job_body.spec.template.spec.template.spec.nodeName = 'x';

      expect(problems(jobOfPool('cloud-run:push', NEEDED, template))).toEqual([
        'job_body.spec.template.spec.template.spec.nodeName',
      ]);
    });
  });
});
