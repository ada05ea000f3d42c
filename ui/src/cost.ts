/** What a run costs in AWS beside its container: list prices of us-east-1, as in the README's section on costs. */
const TRANSITION_DOLLARS = 25e-6;
const CALL_DOLLARS = 2e-6;
const WRITE_UNIT_DOLLARS = 0.625e-6;
const READ_UNIT_DOLLARS = 0.125e-6;

/** What `npm run bench` counts for an attempt of a run of three tasks; more tasks and more log lines use more. */
export const PER_ATTEMPT = { calls: 17, unitsWritten: 70, unitsRead: 130 } as const;

export const costOfTransitions = (transitions: number): number => transitions * TRANSITION_DOLLARS;

/** By formula, not counted. */
export const estimateOfTheRest = (attempts: number): number =>
  attempts *
  (PER_ATTEMPT.calls * CALL_DOLLARS +
    PER_ATTEMPT.unitsWritten * WRITE_UNIT_DOLLARS +
    PER_ATTEMPT.unitsRead * READ_UNIT_DOLLARS);
