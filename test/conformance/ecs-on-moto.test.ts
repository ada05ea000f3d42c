import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateClusterCommand, DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { ensureVenv, PROVISIONING } from '../../infra/local/python-venv.ts';
import { type Moto, startMoto } from '../fakes/moto.ts';
import { call } from '../infra/local/push-pool.ts';
import { watchLooks } from '../infra/local/watch-looks.ts';
import { waitUntil } from './waiting.ts';

const KEYS = { aws_access_key_id: 'AKIAMOTO', aws_secret_access_key: 'secret', region_name: 'us-east-1' };

/** An ECS that is not ours: moto, which is less strict and less complete than the fake, and knows nothing of it. */
describe('a run of an ecs:push pool on moto', () => {
  let moto: Moto;
  let home: Home;
  let ecs: ECSClient;
  const dataFolder = mkdtempSync(join(tmpdir(), 'pushpool-moto-'));
  beforeAll(async () => {
    moto = await startMoto();
    home = await startHome({ dataFolder, port: 0, endpoints: { aws: moto.endpoint } });
    ecs = new ECSClient({
      ...{ endpoint: moto.endpoint, region: KEYS.region_name },
      credentials: { accessKeyId: KEYS.aws_access_key_id, secretAccessKey: KEYS.aws_secret_access_key },
    });
    await ecs.send(new CreateClusterCommand({ clusterName: 'flows' }));
  });
  afterAll(async () => {
    await home.close();
    ecs.destroy();
    moto.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  const must = async (method: string, path: string, body?: unknown) => {
    const answer = await call(home.apiUrl, method, path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  it('is started by Prefect’s own command, is one task, and ends by its exit code', async () => {
    const types = await must('GET', '/collections/views/aggregate-worker-metadata');
    const base = types.pushpool['ecs:push'].default_base_job_configuration;
    // moto wants the sizes of the container, which Fargate does not
    Object.assign(base.job_configuration.task_definition.containerDefinitions[0], { cpu: 256, memory: 512 });
    const pool = await must('POST', '/work_pools/', { name: 'moto', type: 'ecs:push', base_job_template: base });
    const flow = await must('POST', '/flows/', { name: 'etl' });
    await must('POST', '/deployments/', {
      ...{ name: 'd', flow_id: flow.id, work_pool_name: 'moto', entrypoint: 'f.py:f' },
      job_variables: { aws_credentials: KEYS, cluster: 'flows' },
    });
    const prefect = join(await ensureVenv(PROVISIONING), 'prefect');

    await promisify(execFile)(prefect, ['deployment', 'run', 'etl/d'], {
      env: { ...process.env, PREFECT_API_URL: home.apiUrl, PREFECT_HOME: join(dataFolder, 'prefect') },
      timeout: 60_000,
    });
    const state = await waitUntil(
      async () => {
        const [run] = await must('POST', '/flow_runs/filter', { sort: 'START_TIME_DESC' });
        if (run?.infrastructure_pid) await watchLooks(home, pool.id, 'target-ecs');
        return run?.state_type === 'COMPLETED' && run.state;
      },
      { seconds: 60, what: 'the run to be Completed' },
    );

    expect(state.message).toBe('The container exited with code 0.');
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'flows' }));
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'flows', tasks: taskArns }));
    expect(tasks).toHaveLength(1);
    expect(tasks?.[0]?.startedBy).toMatch(/^pp\/[0-9a-f-]{36}\/1$/);
  });
});
