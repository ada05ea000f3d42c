import type { FlowRun } from '../../../shared/domain/flow-run.ts';
import { isTerminal, makeState, type StateType } from '../../../shared/domain/states.ts';
import type { TaskRun } from '../../../shared/domain/task-run.ts';
import type { TaskRunDocument } from '../../../shared/domain/task-run-document.ts';
import { BLANK, stateFields } from '../../../shared/domain/task-run-from-event.ts';
import type { TestApp } from '../../test-app.ts';
import { idAt, type ManyRuns } from './many-runs.ts';

const AT_ONCE = 50;

/** A task run for each run of a history: each ninth failed, the newest three running, started a second after they were expected. */
export async function makeManyTaskRuns(home: TestApp, { docs }: ManyRuns): Promise<void> {
  for (let start = 0; start < docs.length; start += AT_ONCE) {
    const some = docs.slice(start, start + AT_ONCE).map(({ run }, index) => {
      const type = start + index < 3 ? 'RUNNING' : (start + index) % 9 === 0 ? 'FAILED' : 'COMPLETED';
      return home.app.store.taskRuns.create(taskRunOf(run, type));
    });
    await Promise.all(some);
  }
}

function taskRunOf(run: FlowRun, type: StateType): TaskRunDocument {
  const expected = run.expected_start_time!;
  const startedAt = Date.parse(expected) + 1000;
  const [id, started] = [idAt(startedAt), new Date(startedAt).toISOString().replace('Z', '000Z')];
  const state = makeState({ type }, crypto.randomUUID(), started);
  const task: TaskRun = {
    ...{ ...BLANK, ...stateFields(state), id, created: expected, updated: started, flow_run_id: run.id },
    ...{ task_key: 't', dynamic_key: '0', name: `task of ${run.name}`, run_count: 1 },
    ...{ expected_start_time: expected, start_time: started, end_time: isTerminal(type) ? started : null },
  };
  return { id, task, states: [state], lagging: {}, synthetic: null };
}
