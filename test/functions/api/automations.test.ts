import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

let home: TestApp;
beforeAll(async () => {
  home = await testApp();
});
afterAll(() => home.close());

const RUNS = 'prefect.flow-run.*';
const LOOP = {
  name: 'again and again',
  trigger: { type: 'event', posture: 'Reactive', threshold: 1, match: { 'prefect.resource.id': RUNS }, expect: [RUNS] },
  actions: [{ type: 'run-deployment', source: 'inferred' }],
};

describe('automations that would start themselves', () => {
  it('may rest, and are not enabled: said as of a body that is wrong', async () => {
    const { body: resting } = await home.call('POST', '/automations/', { ...LOOP, enabled: false });

    const answer = await home.call('PATCH', `/automations/${resting.id}`, { enabled: true });

    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail).toEqual([
      {
        type: 'value_error',
        loc: [],
        msg: expect.stringContaining('Running an inferred deployment'),
        ctx: { error: {} },
      },
    ]);
  });
});

describe('templates', () => {
  const validate = (text: string, type: string) =>
    home.call('POST', '/templates/validate', text, { 'content-type': type });

  it('are read as text, and as JSON when they are sent so', async () => {
    expect((await validate('{{ hello }} world!', 'text/plain')).status).toBe(204);
    expect((await validate('"{{ hello }} world!"', 'application/json')).status).toBe(204);
  });

  it('that are wrong are shown with the line and what is wrong', async () => {
    const { status, body } = await validate('one\n{% if x %}', 'text/plain');

    expect([status, body.error.line, body.error.source]).toEqual([422, 2, 'one\n{% if x %}']);
  });
});
