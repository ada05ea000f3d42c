import { TerminalError } from '../../shared/domain/errors.ts';
import { cleanUpClosedAttempt } from '../../shared/lifecycle/clean-up-closed.ts';
import { closeTasks } from '../../shared/lifecycle/close-tasks.ts';
import { finish } from '../../shared/lifecycle/finish.ts';
import type { StepEvent } from '../../shared/lifecycle/messages.ts';
import { submit } from '../../shared/lifecycle/submit.ts';
import type { App } from '../../shared/operations/app.ts';
import type { Target } from '../../shared/targets/target.ts';

/** The steps that talk to one cloud: Submit and Finish, called by Step Functions, and the clean-up, called by a timer. */
export function createTargetHandler(app: App, target: Target) {
  return async ({ step, input }: StepEvent): Promise<null> => {
    switch (step) {
      case 'submit':
        await submit(app, target, input);
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
