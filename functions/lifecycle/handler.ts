import { TerminalError } from '../../shared/domain/errors.ts';
import { awaitSignal } from '../../shared/lifecycle/await-signal.ts';
import { abandon } from '../../shared/lifecycle/ending/abandon.ts';
import type { Prepared, StepEvent } from '../../shared/lifecycle/ending/messages.ts';
import { prepare } from '../../shared/lifecycle/prepare.ts';
import { park } from '../../shared/lifecycle/submitting/park.ts';
import type { App } from '../../shared/operations/app.ts';

/** The steps of the state machine that need no cloud: one Lambda, called by Step Functions. */
export function createLifecycleHandler(app: App) {
  return async ({ step, input, token }: StepEvent): Promise<Prepared | null> => {
    switch (step) {
      case 'prepare':
        return prepare(app, input);
      case 'park':
        await park(app, input, token!);
        return null;
      case 'await-signal':
        await awaitSignal(app, input, token!, 'signal');
        return null;
      case 'await-end':
        await awaitSignal(app, input, token!, 'end');
        return null;
      case 'abandon':
        await abandon(app, input);
        return null;
      default:
        throw new TerminalError('unknown-step', `The lifecycle function knows no step "${step}".`);
    }
  };
}
