import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';
import {
  type Criterion,
  field,
  flag,
  ids,
  NO_ID,
  names,
  oneOf,
  parts,
  type Row,
  some,
  tags,
  times,
} from './filters/criteria.ts';
import { ask, checkList, type List } from './filters/lists.ts';

const NUM_RUNS = 50;
const TAGS = [[], ['x'], ['y'], ['x', 'y']];
const NAMES = ['a', 'Ab', 'b1', 'bB2', 'a_c', 'a b', 'B', 'a1'];
const NEWEST_FIRST: List['sorts'] = { CREATED_DESC: field('created'), UPDATED_DESC: field('updated') };
const BY_NAME: List['sorts'] = { NAME_ASC: field('name'), NAME_DESC: field('name') };

/** Each list against Prefect's semantics, written down again in `filters/criteria.ts`. Flow runs and task runs have tests of their own. */
describe('the filter of', () => {
  let home: TestApp;
  let flows: Row[];
  let deployments: Row[];
  let runs: Row[];
  beforeAll(async () => {
    home = await testApp();
    const pools = ['one', 'Two'];
    for (const name of pools) await post('/work_pools/', { name, type: name === 'one' ? 'process' : 'docker' });
    await post('/work_pools/one/queues', { name: 'second' });
    for (const [index, name] of NAMES.slice(0, 6).entries()) {
      const flow = await post('/flows/', { name, tags: TAGS[index % 4] });
      if (index % 3 > 0) later();
      if (index === 0) continue;
      for (const state of ['COMPLETED', 'FAILED', 'RUNNING'].slice(0, index % 4)) {
        await post('/flow_runs/', {
          flow_id: flow['id'],
          name: `${name}-${state}`,
          tags: TAGS[index % 4],
          state: { type: state },
        });
      }
      for (const [number, pool] of [null, ...pools].slice(0, index % 4).entries()) {
        const deployment = await post('/deployments/', {
          ...{ name: NAMES[(index + 2 * number) % 8], flow_id: flow['id'], tags: TAGS[number], paused: number === 1 },
          ...(pool && { work_pool_name: pool, work_queue_name: index % 2 ? 'default' : 'second' }),
          concurrency_limit: number === 0 ? null : index,
        });
        if (number > 0)
          await post(`/deployments/${deployment['id']}/create_flow_run`, { state: { type: 'COMPLETED' } });
        later();
      }
    }
    flows = await ask(home, '/flows/filter', {});
    deployments = await ask(home, '/deployments/filter', {});
    runs = await ask(home, '/flow_runs/filter', {});
  }, 60_000);
  afterAll(() => home.close());

  const later = () => home.advance(1.25);
  const post = async (path: string, body: unknown): Promise<Row> => {
    const answer = await home.call('POST', path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const check = (list: List, numRuns = NUM_RUNS) => checkList(home, list, numRuns, 4);

  const flowCriteria = (): Record<string, Criterion> => ({
    id: ids(flows, 'id', true),
    deployment: { of: (flow) => deploymentsOf(flow)[0] ?? null, part: parts({ is_null_: flag }, true) },
    name: names(flows),
    tags: tags(['all_']),
  });
  const deploymentsOf = (flow: Row) => deployments.filter((one) => one['flow_id'] === flow['id']);
  const runsBy = (owner: string) => (row: Row) => runs.filter((run) => run[owner] === row['id']);
  const runList = (): List => ({
    ...{ path: '/flow_runs/filter', own: 'flow_runs', rows: runs, sorts: {} },
    criteria: {
      name: names(runs),
      tags: tags(['all_', 'any_']),
      state: {
        of: (run) => ({ type: run['state_type'], name: run['state_name'] }),
        part: parts(
          {
            type: parts({ any_: some(['COMPLETED', 'FAILED', 'RUNNING'], 'CRASHED') }),
            name: parts({ any_: some(['Completed'], 'x') }),
          },
          true,
        ),
      },
      expected_start_time: times(runs, 'expected_start_time'),
      deployment_id: {
        of: field('deployment_id'),
        part: parts(
          {
            any_: some(
              deployments.map((row) => row['id']),
              NO_ID,
            ),
            is_null_: flag,
          },
          true,
        ),
      },
    },
  });
  const deploymentList = (): List => ({
    ...{ path: '/deployments/filter', count: '/deployments/count', own: 'deployments', rows: deployments },
    criteria: {
      id: ids(deployments, 'id', true),
      name: names(deployments),
      flow_or_deployment_name: {
        of: (one) => [one['name'], flows.find(({ id }) => id === one['flow_id'])!['name']],
        part: parts({ like_: fc.constantFrom('a', 'B', 'zed', 'nobody') }),
      },
      paused: { of: field('paused'), part: parts({ eq_: flag }) },
      tags: tags(['all_', 'any_']),
      work_queue_name: oneOf('work_queue_name', ['default', 'second']),
    },
    sorts: { ...NEWEST_FIRST, ...BY_NAME },
    foreign: { flow_runs: { list: runList(), related: runsBy('deployment_id') } },
  });

  it('flows', async () => {
    await check({
      ...{ path: '/flows/filter', count: '/flows/count', own: 'flows', rows: flows, criteria: flowCriteria() },
      sorts: { ...NEWEST_FIRST, ...BY_NAME },
      foreign: {
        flow_runs: { list: runList(), related: runsBy('flow_id') },
        deployments: { list: deploymentList(), related: deploymentsOf },
      },
    });
  });

  it('deployments', async () => {
    await check(deploymentList());
  });

  it('work pools and their queues', async () => {
    const pools = await ask(home, '/work_pools/filter', {});
    await check({
      ...{ path: '/work_pools/filter', count: '/work_pools/count', own: 'work_pools', rows: pools },
      criteria: { id: ids(pools), name: oneOf('name', ['one', 'Two']), type: oneOf('type', ['process', 'docker']) },
      sorts: { '': field('name') },
    });
    for (const name of ['d', 'De', 'd e', 'sec']) await post('/work_pools/one/queues', { name });
    const queues = await ask(home, '/work_pools/one/queues/filter', {});
    const ofQueues = (path: string, rows: readonly Row[], by: string): List => ({
      ...{ path, own: 'work_queues', rows },
      criteria: {
        id: ids(rows),
        name: {
          of: field('name'),
          part: parts({ any_: some(['default', 'sec'], 'none'), startswith_: some(['d', 'SE'], 'q') }),
        },
      },
      sorts: { '': field(by) },
    });
    await check(ofQueues('/work_pools/one/queues/filter', queues, 'priority'));
    await check(ofQueues('/work_queues/filter', await ask(home, '/work_queues/filter', {}), 'name'));
  });

  it('variables', async () => {
    for (const [index, name] of ['a', 'ab', 'b1', 'bb2', 'a_c', 'zed'].entries()) {
      await post('/variables/', { name, value: index, tags: TAGS[index % 4] });
      if (index % 2) later();
    }
    const rows = await ask(home, '/variables/filter', {});
    await check({
      ...{ path: '/variables/filter', count: '/variables/count', own: 'variables', rows },
      criteria: { id: ids(rows), name: names(rows), tags: tags(['all_']) },
      sorts: { ...NEWEST_FIRST, ...BY_NAME },
    });
  });

  it('artifacts, and the latest of each key', async () => {
    const task = await post('/task_runs/', { flow_run_id: runs[0]!['id'], task_key: 't', dynamic_key: '0' });
    for (let index = 0; index < 14; index++) {
      await post('/artifacts/', {
        ...{ key: ['a', 'ab', 'b1', null][index % 4], type: ['markdown', 'table', null][index % 3], data: index },
        flow_run_id: runs[index % 3]!['id'],
        ...(index % 5 === 0 && { flow_run_id: runs[0]!['id'], task_run_id: task['id'] }),
      });
      if (index % 3) later();
    }
    // One without a key stands where SQLite puts it, before all others.
    const key = (row: Row) => row['key'] ?? '';
    const sorts: List['sorts'] = { ...NEWEST_FIRST, ID_DESC: field('id'), KEY_ASC: key, KEY_DESC: key };
    const list = (rows: readonly Row[], path: string, id: string): List => ({
      ...{ path: `${path}/filter`, count: `${path}/count`, own: 'artifacts', rows, sorts },
      criteria: {
        [id]: ids(rows, id),
        key: names(rows, { exists_: flag }, 'key'),
        flow_run_id: ids(rows, 'flow_run_id'),
        task_run_id: ids(rows, 'task_run_id'),
        type: oneOf('type', ['markdown', 'table'], { not_any_: some(['table'], 'x') }),
      },
      foreign: {
        flow_runs: { list: runList(), related: (row) => runs.filter((run) => run['id'] === row['flow_run_id']) },
      },
    });
    await check(list(await ask(home, '/artifacts/filter', {}), '/artifacts', 'id'));
    await check(list(await ask(home, '/artifacts/latest/filter', {}), '/artifacts/latest', 'latest_id'));
  });

  it('block types, schemas and documents', async () => {
    const types: Row[] = [];
    const schemas: Row[] = [];
    for (const [index, slug] of ['zz-a', 'zz-ab', 'zz-b1'].entries()) {
      types.push(await post('/block_types/', { name: `ZZ ${slug}`, slug }));
      const body = {
        block_type_id: types[index]!['id'],
        capabilities: TAGS[index + 1],
        version: index ? '1.0' : '2.0',
      };
      for (const field of ['s', 't']) {
        const fields = {
          type: 'object',
          title: slug,
          properties: { [field]: { type: 'string' } },
          block_type_slug: slug,
        };
        schemas.push(await post('/block_schemas/', { ...body, fields }));
        later();
      }
    }
    for (let index = 0; index < 9; index++) {
      const schema = schemas[index % 6]!;
      const named = index === 8 ? { is_anonymous: true } : { name: NAMES[index]!.toLowerCase().replace(/[_ ]/, '-') };
      await post('/block_documents/', {
        ...named,
        data: {},
        block_schema_id: schema['id'],
        block_type_id: schema['block_type_id'],
      });
    }
    const allTypes = await ask(home, '/block_types/filter', {});
    await check({
      ...{ path: '/block_types/filter', own: 'block_types', operator: false, rows: allTypes },
      criteria: {
        slug: oneOf('slug', ['zz-a', 'zz-ab', 'secret']),
        name: { of: field('name'), part: parts({ like_: fc.constantFrom('zz-A', 'ZZ', '_b', 'none') }) },
      },
      sorts: { '': field('name') },
    });
    const schemaList: List = {
      ...{ path: '/block_schemas/filter', own: 'block_schemas', rows: schemas, descending: true },
      criteria: {
        id: ids(schemas),
        block_type_id: ids(schemas, 'block_type_id'),
        block_capabilities: { of: field('capabilities'), part: parts({ all_: some(['x', 'y'], 'z') }) },
        version: oneOf('version', ['1.0', '2.0']),
      },
      sorts: { '': field('created') },
    };
    await check({ ...schemaList, required: ['block_type_id'], operator: false });
    const documents = await ask(home, '/block_documents/filter', { block_documents: { is_anonymous: null } });
    const byType = (row: Row) => `${types.find(({ id }) => id === row['block_type_id'])!['name']} ${row['name']}`;
    await check({
      ...{ path: '/block_documents/filter', count: '/block_documents/count', own: 'block_documents', rows: documents },
      defaults: { is_anonymous: { eq_: false } },
      criteria: {
        id: ids(documents),
        is_anonymous: { of: field('is_anonymous'), part: fc.record({ eq_: flag }) },
        block_type_id: ids(documents, 'block_type_id'),
        name: names(documents),
      },
      sorts: { ...BY_NAME, BLOCK_TYPE_AND_NAME_ASC: byType },
      foreign: {
        block_schemas: {
          list: schemaList,
          related: (row) => schemas.filter(({ id }) => id === row['block_schema_id']),
        },
      },
    });
  });

  it('automations', async () => {
    const trigger = { type: 'event', posture: 'Reactive', threshold: 1, within: 0, expect: ['x'] };
    for (const [index, name] of NAMES.entries()) {
      await post('/automations/', { name, tags: TAGS[index % 4], trigger, actions: [{ type: 'do-nothing' }] });
      if (index % 2) later();
    }
    const rows = await ask(home, '/automations/filter', {});
    await check({
      ...{ path: '/automations/filter', count: '/automations/count', own: 'automations', rows },
      criteria: {
        id: ids(rows),
        name: oneOf('name', NAMES),
        created: {
          of: field('created'),
          part: fc.record({ before_: fc.constantFrom(...rows.map((row) => row['created'])) }),
        },
        tags: tags(['all_', 'any_']),
      },
      sorts: { ...NEWEST_FIRST, ...BY_NAME },
    });
  });

  it('logs', async () => {
    const of = runs.slice(0, 3).map(({ id }) => id as string);
    const task = await post('/task_runs/', { flow_run_id: of[0], task_key: 'l', dynamic_key: '0' });
    const lines = Array.from({ length: 24 }, (_, index) => ({
      ...{ name: 'n', level: 10 * (index % 5), message: `${index} ${['tick', 'Tock'][index % 2]} clock` },
      timestamp: `2026-11-24T05:00:${String(index % 8).padStart(2, '0')}.000000Z`,
      ...{ flow_run_id: of[index % 3], task_run_id: index % 3 === 0 && index % 2 ? task['id'] : null },
    }));
    await post('/logs/', lines);
    const rows = await ask(home, '/logs/filter', { logs: { flow_run_id: { any_: of } } });
    expect(rows).toHaveLength(lines.length);
    const flowRuns = fc.record({ any_: fc.subarray(of, { minLength: 1 }) });
    const list: List = {
      ...{ path: '/logs/filter', own: 'logs', rows, operator: false },
      criteria: {
        level: {
          of: field('level'),
          part: parts({ ge_: fc.constantFrom(0, 10, 20), le_: fc.constantFrom(20, 30, 35) }),
        },
        timestamp: times(rows, 'timestamp'),
        flow_run_id: { of: field('flow_run_id'), part: flowRuns },
        task_run_id: { of: field('task_run_id'), part: parts({ any_: some([task['id']], NO_ID), is_null_: flag }) },
      },
      sorts: { TIMESTAMP_ASC: field('timestamp'), TIMESTAMP_DESC: field('timestamp') },
    };
    await check({ ...list, required: ['flow_run_id'] });
  });

  it('concurrency limits, a page at a time', async () => {
    for (const name of ['a', 'Ab', 'b', 'a1', 'z']) {
      await post('/v2/concurrency_limits/', { name, limit: 1 });
      await post('/concurrency_limits/', { tag: name, concurrency_limit: 1 });
    }
    for (const [path, key] of [
      ['/v2/concurrency_limits/filter', 'name'],
      ['/concurrency_limits/filter', 'tag'],
    ] as const) {
      const rows = await ask(home, path, {});
      await check({ path, own: 'none', rows, criteria: {}, operator: false, sorts: { '': field(key) } }, 20);
    }
  });
});
