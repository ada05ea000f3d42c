import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLossless } from '../../../shared/domain/json/lossless-json.ts';
import { type TestApp, testApp } from '../../test-app.ts';

/** As Python spells them: what JavaScript would make `1`, `0`, `12345678901234567000` and `1e-7` of. */
const SPELLED = '{"float":1.0,"zero":-0.0,"whole":12345678901234567890,"small":1e-07,"list":[2.50,{"deep":10.0}]}';
const numbers = parseLossless(SPELLED);

describe("numbers in what is the user's own", () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());

  async function made(method: string, path: string, body?: unknown) {
    const answer = await home.call(method, path, body);
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer;
  }

  async function deployment(more: object) {
    const { id: flow_id } = (await made('POST', '/flows/', { name: 'exact' })).body;
    return (await made('POST', '/deployments/', { name: `d${home.app.clock.newId()}`, flow_id, ...more })).body.id;
  }

  it("keep their spelling in a run's parameters, which are a deployment's, a schedule's and its own", async () => {
    const id = await deployment({
      parameters: { numbers },
      schedules: [{ schedule: { interval: 3600 }, active: false, parameters: { numbers } }],
    });

    const run = await made('POST', `/deployments/${id}/create_flow_run`, { parameters: { own: numbers } });

    const parameters = `"parameters":{"numbers":${SPELLED},"own":${SPELLED}}`;
    expect(run.text).toContain(parameters);
    expect((await made('GET', `/flow_runs/${run.body.id}`)).text).toContain(parameters);
    const { text } = await made('GET', `/deployments/${id}`);
    expect(text.split(`"parameters":{"numbers":${SPELLED}}`)).toHaveLength(3);
  });

  it('keep it when a deployment and its schedules are changed', async () => {
    const id = await deployment({});
    await made('PATCH', `/deployments/${id}`, { parameters: { changed: numbers } });
    await made('POST', `/deployments/${id}/schedules`, [
      { schedule: { interval: 60 }, active: false, parameters: { added: numbers } },
    ]);

    const { text } = await made('GET', `/deployments/${id}`);

    expect(text).toContain(`"parameters":{"changed":${SPELLED}}`);
    expect(text).toContain(`"parameters":{"added":${SPELLED}}`);
  });

  it('keep it in variables, alone and inside the parameters that name them, and in JSON inside parameters', async () => {
    await made('POST', '/variables/', { name: 'exact', value: numbers });
    const { body } = await made('POST', '/variables/', { name: 'alone', value: parseLossless('1.0') });
    await made('PATCH', `/variables/${body.id}`, { value: parseLossless('9007199254740993') });
    const id = await deployment({});

    const run = await made('POST', `/deployments/${id}/create_flow_run`, {
      parameters: {
        named: { __prefect_kind: 'workspace_variable', variable_name: 'exact' },
        json: { __prefect_kind: 'json', value: SPELLED },
      },
    });

    expect((await made('GET', '/variables/name/exact')).text).toContain(`"value":${SPELLED}`);
    expect((await made('GET', '/variables/name/alone')).text).toContain('"value":9007199254740993');
    expect(run.text).toContain(`"named":${SPELLED},"json":${SPELLED}`);
  });

  it('keep it in many runs at once, in a run that is changed, and in what an automation gives its runs', async () => {
    const id = await deployment({});
    const [made1] = (await made('POST', `/deployments/${id}/create_flow_run/bulk`, [{ parameters: { numbers } }])).body
      .results;
    const kept = await made('GET', `/flow_runs/${made1.flow_run_id}`);
    await made('PATCH', `/flow_runs/${made1.flow_run_id}`, { parameters: { changed: numbers } });
    const action = { type: 'run-deployment', source: 'selected', deployment_id: id, parameters: { numbers } };
    const automation = await made('POST', '/automations/', {
      name: 'exact',
      trigger: { type: 'event', posture: 'Reactive', threshold: 1, within: 0 },
      actions: [action],
      actions_on_trigger: [action],
      actions_on_resolve: [action],
    });

    expect(kept.text).toContain(`"parameters":{"numbers":${SPELLED}}`);
    expect((await made('GET', `/flow_runs/${made1.flow_run_id}`)).text).toContain(`"changed":${SPELLED}`);
    const { text } = await made('GET', `/automations/${automation.body.id}`);
    expect(text.split(`"parameters":{"numbers":${SPELLED}}`)).toHaveLength(4);
  });

  it('keep it in what a paused run is given', async () => {
    const { id: flow_id } = (await made('POST', '/flows/', { name: 'exact' })).body;
    const { id } = (await made('POST', '/flow_runs/', { flow_id, state: { type: 'RUNNING' } })).body;
    await made('POST', `/flow_runs/${id}/input`, { key: 'schema', value: '{"type":"object"}' });
    const state_details = { run_input_keyset: { schema: 'schema', response: 'response' } };
    await made('POST', `/flow_runs/${id}/set_state`, { state: { type: 'PAUSED', state_details } });

    await made('POST', `/flow_runs/${id}/resume`, { run_input: { numbers } });

    expect((await made('GET', `/flow_runs/${id}/input/response`)).text).toBe(`{"numbers":${SPELLED}}`);
  });

  it('keep it in artifacts and in the data of states', async () => {
    const artifact = await made('POST', '/artifacts/', { key: 'exact', data: numbers });
    const { id: flow_id } = (await made('POST', '/flows/', { name: 'exact' })).body;
    const run = await made('POST', '/flow_runs/', { flow_id, state: { type: 'RUNNING', data: { numbers } } });
    const set = await made('POST', `/flow_runs/${run.body.id}/set_state`, {
      state: { type: 'COMPLETED', data: numbers },
    });

    expect((await made('GET', `/artifacts/${artifact.body.id}`)).text).toContain(`"data":${SPELLED}`);
    expect(run.text).toContain(`"data":{"numbers":${SPELLED}}`);
    expect(set.text).toContain(`"data":${SPELLED}`);
    expect((await made('GET', `/flow_runs/${run.body.id}`)).text).toContain(`"data":${SPELLED}`);
  });

  it('are held to the schema of the parameters as the numbers they are', async () => {
    const properties = { n: { type: 'integer', minimum: 2 }, o: { type: 'object' } };
    const id = await deployment({
      enforce_parameter_schema: true,
      parameter_openapi_schema: { type: 'object', properties },
    });
    const create = (parameters: unknown) => home.call('POST', `/deployments/${id}/create_flow_run`, { parameters });

    const answers = [await create({ n: parseLossless('2.0') }), await create({ n: parseLossless('1.0') })];

    expect(answers.map(({ status }) => status)).toEqual([201, 409]);
  });

  it('are numbers to the rest: a limit may be written as a float', async () => {
    const limit = await made('POST', '/v2/concurrency_limits/', { name: 'exact', limit: parseLossless('2.0') });

    expect(limit.body.limit).toBe(2);
  });
});
