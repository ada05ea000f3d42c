import type { JsonObject } from '../../../shared/domain/json/json.ts';
import type { Context } from '../../context.ts';

/** What a build or push step works with. */
export interface StepContext extends Pick<Context, 'env' | 'signal' | 'out'> {
  /** Where the step works; `set_working_directory` changes it for those that follow. */
  cwd: string;
  /** Registry that images without one are named for; null when none is set. */
  readonly buildNamespace: string | null;
}

/** Does what the step says; its outputs, by which later steps and the deployment refer to it. Throws `Failure`. */
export type Step = (inputs: JsonObject, context: StepContext) => Promise<JsonObject>;
