import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeCloudRun } from './cloud-run.ts';
import { googleClients, JOB, PARENT } from './google-sdk.ts';

/** The fake, checked by Google's own client. */
describe('the fake of Google Cloud Run', () => {
  let cloud: FakeCloudRun;
  let google: ReturnType<typeof googleClients>;
  const name = `${PARENT}/jobs/etl`;
  const create = (job: object = {}) =>
    google.jobs.createJob({ parent: PARENT, jobId: 'etl', job: { ...JOB, ...job } }, { retry: null } as never);
  beforeEach(async () => {
    cloud = await new FakeCloudRun().listen();
    google = googleClients(cloud);
  });
  afterEach(async () => {
    await cloud.close();
    expect(cloud.violations).toEqual([]);
  });

  it('makes a job and, by its start token, exactly one execution', async () => {
    await create({ startExecutionToken: 'a1' });
    await expect(create({ startExecutionToken: 'a1' })).rejects.toMatchObject({ code: 6 });

    const [job] = await google.jobs.getJob({ name });
    const [execution] = await google.executions.getExecution({ name: `${name}/executions/etl-a1` });

    expect(job.latestCreatedExecution?.name).toBe('etl-a1');
    expect(execution).toMatchObject({ job: 'etl', taskCount: 1 });
    expect(cloud.everMade).toHaveLength(1);
  });

  it('runs a job again each time it is told to, once it is ready', async () => {
    await create();
    await expect(google.jobs.runJob({ name })).rejects.toMatchObject({ code: 9 });
    cloud.advance(5);
    await google.jobs.runJob({ name });
    await google.jobs.runJob({ name });

    expect(cloud.everMade).toHaveLength(2);
  });

  it('tells how an execution ended, with enumerations as numbers, and its exit code on the task', async () => {
    await create({ startExecutionToken: 'a1' });
    cloud.exit('etl', { exitCode: 3 });

    const [execution] = await google.executions.getExecution({ name: `${name}/executions/etl-a1` });
    const [tasks] = await google.tasks.listTasks({ parent: `${name}/executions/etl-a1` });

    expect(execution.conditions?.[0]).toMatchObject({
      state: 'CONDITION_FAILED',
      executionReason: 'NON_ZERO_EXIT_CODE',
    });
    expect(tasks[0]?.lastAttemptResult?.exitCode).toBe(3);
    expect(cloud.calls('get-execution')[0]?.query['$alt']).toBe('json;enum-encoding=int');
  });

  it('cancels with a grace and refuses to delete what runs', async () => {
    await create({ startExecutionToken: 'a1' });
    cloud.start('etl');
    await expect(google.jobs.deleteJob({ name })).rejects.toMatchObject({ code: 9 });
    await google.executions.cancelExecution({ name: `${name}/executions/etl-a1` });
    cloud.advance(11);

    const [execution] = await google.executions.getExecution({ name: `${name}/executions/etl-a1` });
    await google.jobs.deleteJob({ name });

    expect(execution).toMatchObject({ cancelledCount: 1 });
    await expect(google.jobs.getJob({ name })).rejects.toMatchObject({ code: 5 });
  });

  it('lists jobs over more than one page', async () => {
    for (const jobId of ['a', 'b', 'c']) await google.jobs.createJob({ parent: PARENT, jobId, job: JOB });

    const [jobs] = await google.jobs.listJobs({ parent: PARENT });

    expect(jobs.map((job) => job.name?.split('/').at(-1))).toEqual(['a', 'b', 'c']);
  });

  it('answers an unknown region with a page for people, and refuses a deleted key', async () => {
    const elsewhere = { name: name.replace('us-central1', 'nowhere1') };
    await expect(google.jobs.getJob(elsewhere)).rejects.toMatchObject({ code: 5 });
    cloud.identity.keyDeleted = true;
    await expect(google.jobs.getJob({ name })).rejects.toMatchObject({ code: 16 });
  });
});
