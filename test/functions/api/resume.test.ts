import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

const SCHEMA = { type: 'object', properties: { approve: { type: 'boolean' } }, required: ['approve'] };

describe('a run that is paused for input', () => {
  let home: TestApp;
  let run: string;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());
  beforeEach(async () => {
    const flow = await home.call('POST', '/flows/', { name: 'asking' });
    const { body } = await home.call('POST', '/flow_runs/', { flow_id: flow.body.id, state: { type: 'RUNNING' } });
    run = `/flow_runs/${body.id}`;
  });

  async function pause(schema?: string) {
    if (schema !== undefined) await home.call('POST', `${run}/input`, { key: 'paused-1-schema', value: schema });
    const run_input_keyset = { schema: 'paused-1-schema', response: 'paused-1-response' };
    await home.call('POST', `${run}/set_state`, {
      state: {
        type: 'PAUSED',
        state_details: { pause_timeout: '2099-01-01T00:00:00Z', pause_key: '1', run_input_keyset },
      },
    });
  }

  it('goes on with input that fits, and finds it under the response key', async () => {
    await pause(JSON.stringify(SCHEMA));

    const answer = await home.call('POST', `${run}/resume`, { run_input: { approve: true } });

    expect([answer.status, answer.body.status, answer.body.state.type]).toEqual([201, 'ACCEPT', 'RUNNING']);
    expect((await home.call('GET', `${run}/input/paused-1-response`)).body).toEqual('{"approve":true}');
  });

  it('stays paused when the input does not fit', async () => {
    await pause(JSON.stringify(SCHEMA));

    const wrong = await home.call('POST', `${run}/resume`, { run_input: { approve: 'maybe' } });
    const missing = await home.call('POST', `${run}/resume`);

    expect(wrong).toMatchObject({
      status: 200,
      body: {
        status: 'REJECT',
        state: { type: 'PAUSED' },
        details: {
          type: 'abort_details',
          reason: "Reason: Validation failed for field 'approve'. Failure reason: 'maybe' is not of type 'boolean'",
        },
      },
    });
    expect(missing.body.details.reason).toContain("'approve' is a required property");
    expect((await home.call('GET', `${run}/input/paused-1-response`)).status).toBe(404);
  });

  it('stays paused when the schema it asked for is missing or is no JSON', async () => {
    await pause();

    const answer = await home.call('POST', `${run}/resume`, { run_input: { approve: true } });

    expect(answer.body.details.reason).toBe('Run input schema not found.');
  });

  it('takes values from variables', async () => {
    await pause(JSON.stringify(SCHEMA));
    const approve = { __prefect_kind: 'workspace_variable', variable_name: 'no_such_variable' };

    const answer = await home.call('POST', `${run}/resume`, { run_input: { approve } });

    expect(answer.body.details.reason).toBe(
      "Error hydrating run input: Variable 'no_such_variable' not found in workspace.",
    );
  });
});
