import { TerminalError } from '../../shared/domain/errors.ts';
import { awaitSignal } from '../../shared/lifecycle/await-signal.ts';
import { cleanUpClosedAttempt } from '../../shared/lifecycle/ending/clean-up-closed.ts';
import { closeTasks } from '../../shared/lifecycle/ending/close-tasks.ts';
import type { StepEvent } from '../../shared/lifecycle/ending/messages.ts';
import { finish } from '../../shared/lifecycle/finish.ts';
import { submit } from '../../shared/lifecycle/submit.ts';
import { watchPool } from '../../shared/lifecycle/watching/pool-watch.ts';
import type { SweepInput } from '../../shared/lifecycle/watching/sweep-timer.ts';
import type { WatchInput } from '../../shared/lifecycle/watching/watch-item.ts';
import type { App } from '../../shared/operations/app.ts';
import type { Target } from '../../shared/targets/target.ts';

/** What a target function is called with: a step, or a firing of a pool's watch or sweep. */
export type TargetEvent = StepEvent | WatchEvent | SweepEvent;
interface WatchEvent {
  readonly step: 'watch';
  readonly input: WatchInput;
}
interface SweepEvent {
  readonly step: 'sweep';
  readonly input: SweepInput;
}

/**
 * The steps that talk to one cloud: Submit and Finish, called by Step Functions, clean-up, pool watch and sweep, called by timers.
 * Whoever submits waits from then on for what becomes of the run (decision 065).
 */
export function createTargetHandler(app: App, target: Target) {
  return async (event: TargetEvent): Promise<null> => {
    if (isWatch(event)) {
      await watchPool(app, target, event.input);
      return null;
    }
    if (isSweep(event)) {
      // Seldom called and large: loaded when it is.
      const { sweepPool } = await import('../../shared/lifecycle/watching/sweep.ts');
      await sweepPool(app, target, event.input);
      return null;
    }
    const { step, input, token } = event;
    switch (step) {
      case 'submit':
        await submit(app, target, input);
        if (token) await awaitSignal(app, input, token, 'signal');
        return null;
      case 'finish':
        await finish(app, target, input);
        return null;
      case 'clean-up':
        await cleanUpClosedAttempt(app, target, input);
        return null;
      case 'close-tasks':
        await closeTasks(app, input);
        return null;
      default:
        throw new TerminalError('unknown-step', `The target function knows no step "${step}".`);
    }
  };
}

const isWatch = (event: TargetEvent): event is WatchEvent => event.step === 'watch';
const isSweep = (event: TargetEvent): event is SweepEvent => event.step === 'sweep';
