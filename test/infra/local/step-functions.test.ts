import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFunctions, type Functions } from '../../../infra/local/lambda.ts';
import { compileStateMachine } from '../../../infra/local/state-machine.ts';
import { createEngine, type FailedExecution, type LocalEngine } from '../../../infra/local/step-functions.ts';
import { ConflictError, TransientError } from '../../../shared/domain/errors.ts';
import { LIFECYCLE_DEFINITION } from '../../../shared/lifecycle/definition.ts';
import type { ExecutionStart } from '../../../shared/ports/lifecycle-engine.ts';

interface Call {
  function: string;
  step: string;
  input: ExecutionStart;
  token?: string;
}
type Answer = unknown | ((call: Call) => unknown);

const INPUT: ExecutionStart = {
  contract: 1,
  flow_run_id: 'r',
  attempt: 1,
  generation: 1,
  until: '2026-01-01T00:00:00Z',
};

/** An engine whose functions answer what the test says, one answer per call of a step; the last one stays. */
class Home {
  readonly calls: Call[] = [];
  readonly answers: Record<string, Answer[]> = {};
  readonly functions: Functions = createFunctions();
  readonly failed: FailedExecution[] = [];
  engine!: LocalEngine;
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    for (const name of ['lifecycle', 'target-process']) {
      this.functions.register(name, async (event: Omit<Call, 'function'>) => {
        const call = { function: name, ...event };
        this.calls.push(call);
        const answers = this.answers[event.step] ?? [];
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return typeof answer === 'function' ? await answer(call) : (answer ?? {});
      });
    }
  }

  open(definition: object = LIFECYCLE_DEFINITION): this {
    this.engine = createEngine({
      definition,
      substitutions: { LifecycleFunction: 'lifecycle' },
      dataFolder: this.folder,
      functions: this.functions,
      log: () => {},
      onFailed: async (execution) => this.failed.push(execution),
    });
    return this;
  }

  steps = () => this.calls.map((call) => call.step);
  ended = (name: string) => vi.waitFor(() => expect(this.engine.report(name)?.status).not.toBe('running'));
  token = async (step: string) =>
    await vi.waitFor(() => {
      const call = this.calls.findLast((call) => call.step === step);
      expect(call?.token).toBeDefined();
      return call!.token!;
    });
}

describe('the local Step Functions', () => {
  let folder: string;
  let home: Home;
  const submit = { next: 'submit', target: 'target-process' };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
    home = new Home(folder).open();
  });
  afterEach(() => {
    home.engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds the deployed definition valid, and asks for every substitution', () => {
    const substitutions = { LifecycleFunction: 'lifecycle' };

    expect(() => compileStateMachine(LIFECYCLE_DEFINITION, substitutions, { validate: true })).not.toThrow();
    expect(() => compileStateMachine(LIFECYCLE_DEFINITION, {})).toThrow(/LifecycleFunction/);
  });

  it('runs the deployed definition on the happy path in 6 billed transitions', async () => {
    home.answers['prepare'] = [submit];

    expect(await home.engine.start('a', INPUT)).toBe('started');
    expect(await home.engine.signal(await home.token('submit'), { reason: 'terminal' })).toBe('delivered');
    await home.ended('a');

    expect(home.engine.report('a')).toEqual({
      status: 'succeeded',
      transitions: 6,
      states: ['WaitUntilDue', 'Prepare', 'Choose', 'Submit', 'Finish'],
    });
    expect(home.calls.map((call) => [call.function, call.step])).toEqual([
      ['lifecycle', 'prepare'],
      ['target-process', 'submit'],
      ['target-process', 'finish'],
    ]);
    expect(home.calls.every((call) => call.input.flow_run_id === 'r' && call.input.generation === 1)).toBe(true);
  });

  it('starts one execution per name, whatever became of it', async () => {
    home.answers['prepare'] = [{ next: 'nothing' }];

    await home.engine.start('a', INPUT);
    expect(await home.engine.start('a', INPUT)).toBe('already-exists');
    await home.ended('a');

    expect(await home.engine.start('a', INPUT)).toBe('already-exists');
    expect(await home.engine.describe('a')).toBe('closed');
    expect(await home.engine.describe('b')).toBe('unknown');
    expect(home.steps()).toEqual(['prepare']);
  });

  it('waits to the second it is started for, at the same price', async () => {
    const until = new Date(Date.now() + 300).toISOString();
    let preparedMs = 0;
    home.answers['prepare'] = [
      () => {
        preparedMs = Date.now();
        return submit;
      },
    ];

    await home.engine.start('a', { ...INPUT, until });
    await home.engine.signal(await home.token('submit'), {});
    await home.ended('a');

    expect(preparedMs).toBeGreaterThanOrEqual(Date.parse(until));
    expect(home.engine.report('a')?.transitions).toBe(6);
  });

  it('waits to the moment that Prepare tells it, and then prepares again', async () => {
    const until = new Date(Date.now() + 300).toISOString().replace('Z', '999Z');
    let preparedAgainMs = 0;
    home.answers['prepare'] = [
      { next: 'wait', until },
      () => {
        preparedAgainMs = Date.now();
        return { next: 'nothing' };
      },
    ];

    await home.engine.start('a', INPUT);
    await home.ended('a');

    expect(preparedAgainMs).toBeGreaterThanOrEqual(Date.parse(until));
    expect(home.steps()).toEqual(['prepare', 'prepare']);
  });

  it('waits for longer than a timer of the platform can hold', async () => {
    const until = new Date(Date.now() + 60 * 24 * 3600 * 1000).toISOString();

    await home.engine.start('a', { ...INPUT, until });
    await vi.waitFor(() => expect(home.engine.report('a')?.states).toContain('WaitUntilDue'));
    await new Promise((done) => setTimeout(done, 50));

    expect(home.steps()).toEqual([]);
    expect(await home.engine.describe('a')).toBe('running');
  });

  it('retries passing faults by their name and gives another token to each try', async () => {
    const tokens = new Set<string>();
    home.answers['prepare'] = [submit];
    home.answers['submit'] = [
      (call: Call) => {
        tokens.add(call.token!);
        throw new TransientError('throttled', 'again');
      },
      (call: Call) => void tokens.add(call.token!),
    ];

    await home.engine.start('a', INPUT);
    await vi.waitFor(() => expect(tokens.size).toBe(2), { timeout: 5000 });
    const [first = '', second = ''] = tokens;

    expect(await home.engine.signal(first, {})).toBe('gone');
    expect(await home.engine.signal(second, {})).toBe('delivered');
    expect(await home.engine.signal(second, {})).toBe('gone');
    await home.ended('a');
    expect(home.engine.report('a')?.transitions).toBe(7);
  });

  it('accepts the signal while the function that hands over the token is still at work', async () => {
    home.answers['prepare'] = [submit];
    home.answers['submit'] = [async (call: Call) => void (await home.engine.signal(call.token!, {}))];

    await home.engine.start('a', INPUT);
    await home.ended('a');

    expect(home.steps()).toEqual(['prepare', 'submit', 'finish']);
  });

  it('waits anew, without a second submission, for a run that it finds submitted', async () => {
    home.answers['prepare'] = [{ ...submit, next: 'await' }];

    await home.engine.start('a', INPUT);
    await home.engine.signal(await home.token('await-signal'), {});
    await home.ended('a');

    expect(home.steps()).toEqual(['prepare', 'await-signal', 'finish']);
  });

  it('catches what is not retried: a refused submit goes to Finish, an unfinished end to AwaitEnd', async () => {
    class AwaitEnd extends Error {
      override readonly name = 'AwaitEnd';
    }
    home.answers['prepare'] = [submit];
    home.answers['submit'] = [
      () => {
        throw new Error('refused');
      },
    ];
    home.answers['finish'] = [
      () => {
        throw new AwaitEnd('still ends');
      },
      {},
    ];

    await home.engine.start('a', INPUT);
    await home.engine.signal(await home.token('await-end'), {});
    await home.ended('a');

    expect(home.engine.report('a')?.states).toEqual([
      ...['WaitUntilDue', 'Prepare', 'Choose', 'Submit', 'Finish', 'AwaitEnd', 'Finish'],
    ]);
  });

  it('ends a wait for a token at its time-out', async () => {
    const short = structuredClone(LIFECYCLE_DEFINITION) as unknown as {
      States: { AwaitEnd: { TimeoutSeconds: number } };
    };
    short.States.AwaitEnd.TimeoutSeconds = 1;
    home.engine.close();
    home = new Home(folder).open(short);
    home.answers['prepare'] = [{ next: 'finish', target: 'target-process' }];
    home.answers['finish'] = [
      () => {
        throw Object.assign(new Error('still ends'), { name: 'AwaitEnd' });
      },
      {},
    ];

    await home.engine.start('a', INPUT);
    const token = await home.token('await-end');
    await vi.waitFor(() => expect(home.engine.report('a')?.status).toBe('succeeded'), { timeout: 5000 });

    expect(await home.engine.signal(token, {})).toBe('gone');
    expect(home.steps()).toEqual(['prepare', 'finish', 'await-end', 'finish']);
  });

  it('refuses more than 256 KB of state: the execution fails and nothing catches it', async () => {
    home.answers['prepare'] = [{ next: 'submit', target: 'x'.repeat(300 * 1024) }];

    await home.engine.start('a', INPUT);
    await home.ended('a');

    expect(home.engine.report('a')).toMatchObject({ status: 'failed', states: ['WaitUntilDue', 'Prepare'] });
  });

  it('tells of an execution that failed and of no other, and the next home once more', async () => {
    home.answers['prepare'] = [{ next: 'nothing' }, { next: 'submit', target: 'x'.repeat(300 * 1024) }];

    await home.engine.start('a', INPUT);
    await home.ended('a');
    await home.engine.start('b', { ...INPUT, flow_run_id: 'b' });
    await home.ended('b');
    const next = new Home(folder).open();
    next.engine.resume();

    const told = [{ input: { ...INPUT, flow_run_id: 'b' }, seconds: expect.any(Number) }];
    expect([home.failed, next.failed]).toEqual([told, told]);
    next.engine.close();
  });

  describe('after the home was killed', () => {
    it('runs again from its start what had not ended, and takes no token of the earlier life', async () => {
      home.answers['prepare'] = [submit];
      await home.engine.start('a', INPUT);
      const oldToken = await home.token('submit');
      await home.engine.start('b', { ...INPUT, flow_run_id: 'b' });
      await vi.waitFor(() => expect(home.steps().filter((step) => step === 'submit')).toHaveLength(2));

      const next = new Home(folder).open(); // the first home never closes: as with kill -9, nothing was said
      next.answers['prepare'] = [submit];
      next.engine.resume();
      const token = await next.token('submit');

      expect(await next.engine.signal(oldToken, {})).toBe('gone');
      expect(await next.engine.signal(token, {})).toBe('delivered');
      expect(await next.engine.start('a', INPUT)).toBe('already-exists');
      expect(next.engine.running).toBe(2);
      next.engine.close();
    });

    it('keeps the names and ends of executions', async () => {
      home.answers['prepare'] = [
        () => {
          throw new ConflictError('changed', 'again');
        },
        { next: 'nothing' },
      ];
      await home.engine.start('a', INPUT);
      await vi.waitFor(() => expect(home.engine.report('a')?.status).toBe('succeeded'), { timeout: 5000 });

      const next = new Home(folder).open();
      next.engine.resume();

      expect(await next.engine.describe('a')).toBe('closed');
      expect(next.engine.report('a')).toMatchObject({ status: 'succeeded', transitions: 6 });
      expect(next.calls).toEqual([]);
      next.engine.close();
    });
  });
});
