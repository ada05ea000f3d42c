import type { TaskRunFacts, TaskRunInput, TaskRunTransition } from '../../domain/orchestration/forced-task-runs.ts';
import type { OrchestrationResult } from '../../domain/orchestration-result.ts';
import type { StateProposal } from '../../domain/states.ts';
import { type TaskRunDocument, withoutSynthetic, withState } from '../../domain/task-run-document.ts';
import { type App, timestamp } from '../app.ts';

export interface Proposed {
  readonly next: TaskRunDocument;
  readonly result: OrchestrationResult;
  readonly changed: boolean;
  readonly transition: TaskRunTransition;
}

/** The document after a proposal: unchanged when the rules refuse it. A made-up state gives way first. */
export function propose(
  app: App,
  stored: TaskRunDocument,
  proposed: StateProposal,
  decide: (input: TaskRunInput) => TaskRunTransition,
  facts: TaskRunFacts,
  at: { readonly now: Date; readonly id: string } | null = null,
): Proposed {
  const doc = withoutSynthetic(stored);
  const transition = decide({
    run: doc.task,
    proposed,
    facts,
    now: at?.now ?? app.clock.now(),
    newId: () => at?.id ?? app.clock.newId(),
  });
  const { state, run, result } = transition;
  if (!state) return { next: stored, result, changed: false, transition };
  const task = { ...run, updated: timestamp(app) };
  return { next: { ...doc, task, states: withState(doc.states, state) }, result, changed: true, transition };
}
