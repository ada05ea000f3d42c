import { describe, expect, it } from 'vitest';
import { readExecutionEnded } from '../../../functions/triggers/execution-ended.ts';

const INPUT = { contract: 1, flow_run_id: '0199b6f0-0000-7000-8000-000000000001', attempt: 2, generation: 3 } as const;
const NAME = `${INPUT.flow_run_id}-2-3`;

/** As Step Functions puts it on the account's bus. */
const event = (detail: object) => ({
  version: '0',
  id: '315c1398-40ff-a850-213b-158f73e60175',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  account: '111122223333',
  time: '2026-03-01T12:00:12Z',
  region: 'us-east-1',
  resources: [`arn:aws:states:us-east-1:111122223333:execution:pushpool-flow-run:${NAME}`],
  detail: {
    executionArn: `arn:aws:states:us-east-1:111122223333:execution:pushpool-flow-run:${NAME}`,
    stateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:pushpool-flow-run',
    name: NAME,
    status: 'ABORTED',
    startDate: 1_772_366_400_000,
    stopDate: 1_772_366_412_500,
    input: JSON.stringify(INPUT),
    inputDetails: { included: true },
    output: null,
    outputDetails: null,
    ...detail,
  },
});

describe('the event that an execution has changed', () => {
  it.each(['ABORTED', 'TIMED_OUT', 'FAILED'])(
    '%s names the attempt that it saw to, and how long it lived',
    (status) => {
      expect(readExecutionEnded(event({ status }))).toEqual({ input: INPUT, status, seconds: 12.5 });
    },
  );

  it.each(['RUNNING', 'SUCCEEDED', 'PENDING_REDRIVE'])('%s asks for nothing', (status) => {
    expect(readExecutionEnded(event({ status, stopDate: null }))).toBeNull();
  });

  it.each([
    ['that somebody started by hand with the input of another', { name: 'by-hand' }],
    ['with an input of its own', { input: '{}' }],
    ['whose input is too long for an event', { input: null, inputDetails: { included: false } }],
  ])('of an execution %s asks for nothing', (_which, detail) => {
    expect(readExecutionEnded(event(detail))).toBeNull();
  });
});
