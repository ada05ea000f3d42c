import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJob } from '../../../../shared/lifecycle/submitting/frozen-job.ts';
import { type PushHome, pushHome } from '../pushed-run.ts';

describe('the job of a run', () => {
  let push: PushHome;
  beforeEach(async () => {
    push = await pushHome();
  });
  afterEach(() => push.home.close());

  async function storeSecret(name: string, value: unknown): Promise<string> {
    const type = (await push.home.call('GET', '/block_types/slug/secret')).body;
    const [schema] = (
      await push.home.call('POST', '/block_schemas/filter', {
        block_schemas: { block_type_id: { any_: [type.id] } },
        limit: 1,
      })
    ).body;
    const body = { name, data: { value }, block_type_id: type.id, block_schema_id: schema.id };
    return (await push.home.call('POST', '/block_documents/', body)).body.id;
  }

  async function prepared(env: Record<string, unknown>): Promise<string> {
    const id = await push.create({ job_variables: { env } });
    await push.step('prepare', push.execution(id));
    return id;
  }

  it('has secrets, variables and variables that stand in secrets filled in', async () => {
    await push.home.call('POST', '/variables/', { name: 'city', value: 'Kyoto' });
    await storeSecret('token', 's3cret');
    await storeSecret('greeting', 'Hello {{ prefect.variables.city }}');

    const id = await prepared({
      CITY: '{{ prefect.variables.city }}',
      TOKEN: '{{ prefect.blocks.secret.token }}',
      GREETING: '{{ prefect.blocks.secret.greeting }}',
    });

    expect((await readJob(push.home.app, id, 1))['env']).toMatchObject({
      CITY: 'Kyoto',
      TOKEN: 's3cret',
      GREETING: 'Hello Kyoto',
    });
  });

  it('that names a block nobody has made ends the run, and the message says which', async () => {
    const id = await prepared({ TOKEN: '{{ prefect.blocks.secret.lost }}' });

    expect(await push.state(id)).toMatchObject({
      type: 'CRASHED',
      message: expect.stringMatching(
        /^Failed to submit flow run to infrastructure: Block not found: 'lost' of type 'secret'\./,
      ),
    });
  });
});
