import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../shared/domain/json/json.ts';
import { parseAciJob } from '../../../../shared/targets/aci/parse.ts';
import { jobOfPool, templateOf } from '../job-of-pool.ts';

const TYPE = 'azure-container-instance:push';
const SUBSCRIPTION = '22222222-2222-4222-8222-222222222222';
const CREDENTIALS = { tenant_id: 't', client_id: 'c', client_secret: 's' };
const NEEDED = { aci_credentials: CREDENTIALS, resource_group_name: 'flows', subscription_id: SUBSCRIPTION };

const parse = (job: JsonObject, complete = true) => parseAciJob(job, { complete });
// biome-ignore lint/suspicious/noExplicitAny: ARM's own JSON
function group(variables: JsonObject = {}, template?: JsonObject): any {
  const parsed = parse(jobOfPool(TYPE, { ...NEEDED, ...variables }, template));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.job.group;
}
function problems(job: JsonObject, complete = true): string[] {
  const parsed = parse(job, complete);
  return 'problems' in parsed ? parsed.problems.map(({ path }) => path) : [];
}
/** The default template with the container group changed. */
function customised(change: (resource: JsonObject, template: JsonObject) => void): JsonObject {
  // biome-ignore lint/suspicious/noExplicitAny: ARM's own JSON
  const template = structuredClone(templateOf(TYPE)) as any;
  change(template.job_configuration.arm_template.resources[0], template.job_configuration.arm_template);
  return template;
}

describe('a job of an Azure Container Instances pool', () => {
  it('becomes one container that never restarts, with the default image behind its entrypoint', () => {
    expect(group().properties).toMatchObject({
      osType: 'Linux',
      restartPolicy: 'Never',
      containers: [
        {
          properties: {
            image: 'prefecthq/prefect:3-latest',
            command: ['/opt/prefect/entrypoint.sh', 'prefect', 'flow-run', 'execute'],
            resources: { requests: { cpu: 1, memoryInGB: 1 } },
          },
        },
      ],
    });
  });

  it('hides the values of variables that look like secrets', () => {
    const { environmentVariables } = group({ env: { A: '1', DB_PASSWORD: 'x', MY_TOKEN: 'y' } }).properties
      .containers[0].properties;

    expect(environmentVariables).toContainEqual({ name: 'A', value: '1' });
    for (const name of ['DB_PASSWORD', 'MY_TOKEN', 'PREFECT_API_KEY']) {
      expect(environmentVariables).toContainEqual({ name, secureValue: expect.any(String) });
    }
  });

  it('takes a registry with an identity, which the group then has too, or with a password', () => {
    const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';
    const byIdentity = group({ image_registry: { registry_url: 'https://r.azurecr.io/', identity: id } });
    const byPassword = group({ image_registry: { registry_url: 'r.io', username: 'u', password: 'p' } });

    expect(byIdentity.identity).toEqual({ type: 'UserAssigned', userAssignedIdentities: { [id]: {} } });
    expect(byIdentity.properties.imageRegistryCredentials).toEqual([{ server: 'r.azurecr.io', identity: id }]);
    expect(byPassword.properties.imageRegistryCredentials).toEqual([{ server: 'r.io', username: 'u', password: 'p' }]);
  });

  it('keeps what the template adds to the group and its containers', () => {
    const template = customised((resource) => {
      const properties = resource['properties'] as JsonObject;
      Object.assign(properties, { priority: 'Spot', volumes: [{ name: 'v', emptyDir: {} }] });
      (properties['containers'] as JsonObject[]).push({ name: 'sidecar', properties: { image: 'proxy:1' } });
    });

    const { properties } = group({}, template);

    expect(properties).toMatchObject({ priority: 'Spot', volumes: [{ name: 'v', emptyDir: {} }] });
    expect(properties.containers).toHaveLength(2);
  });

  it('evaluates the parameters of the template and refuses other expressions with their path', () => {
    const withZone = customised((resource, template) => {
      (template['parameters'] as JsonObject)['zone'] = { type: 'string', defaultValue: '2' };
      resource['zones'] = ["[parameters('zone')]"];
    });
    const strange = customised((resource) => {
      resource['location'] = "[concat('west', 'europe')]";
    });

    expect(group({}, withZone).zones).toEqual(['2']);
    expect(problems(jobOfPool(TYPE, NEEDED, strange))).toEqual(['arm_template.resources[0].location']);
  });

  it('refuses a second resource, another type and a restart policy, naming each', () => {
    const two = customised((_resource, template) => (template['resources'] as JsonObject[]).push({ type: 'x' }));
    const other = customised((resource) => Object.assign(resource, { type: 'Microsoft.Storage/storageAccounts' }));
    const always = customised((resource) =>
      Object.assign(resource['properties'] as JsonObject, { restartPolicy: 'Always' }),
    );

    expect(problems(jobOfPool(TYPE, NEEDED, two))).toContain('arm_template.resources');
    expect(problems(jobOfPool(TYPE, NEEDED, other))).toContain('arm_template.resources[0].type');
    expect(problems(jobOfPool(TYPE, NEEDED, always))).toEqual(['arm_template.resources[0].properties.restartPolicy']);
  });

  it('names every missing variable at once, and none while the pool is only saved', () => {
    expect(problems(jobOfPool(TYPE, {}))).toEqual(['resource_group_name', 'subscription_id', 'aci_credentials']);
    expect(problems(jobOfPool(TYPE, {}), false)).toEqual([]);
  });

  it('takes any command that a shell could read, whatever brackets are in it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1 }).filter((word) => !word.includes("'")),
          { minLength: 1 },
        ),
        (words) => {
          const { command } = group({ command: words.map((word) => `'${word}'`).join(' ') }).properties.containers[0]
            .properties;
          expect(command).toEqual(['/opt/prefect/entrypoint.sh', ...words]);
        },
      ),
    );
  });
});
