import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../app.ts';

/**
 * What a waiting execution is told. Step Functions drops it, as the state's `ResultPath` is null; some interpreters of the same
 * definition hand a token's answer on in place of the input. So it names the function of the run's cloud, which Finish calls.
 */
export function signalOutput(app: App, doc: FlowRunDocument | null, reason: string): Record<string, string> {
  const target = app.settings.targets[doc?.life.push ?? ''];
  return { reason, ...(target !== undefined && { target }) };
}
