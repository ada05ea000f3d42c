import { type ContainerEnded, containerEnded } from '../../shared/lifecycle/ending/container-ended.ts';
import type { App } from '../../shared/operations/app.ts';

/**
 * Called when a cloud reports the end of a container. `cleanUp` is told of attempts that were closed before: their container
 * was the last thing left.
 */
export function createContainerEndedHandler(
  app: App,
  cleanUp: (input: { contract: 1; flow_run_id: string; attempt: number; generation: number }) => Promise<void>,
) {
  return async (event: ContainerEnded): Promise<void> => {
    const doc = await containerEnded(app, event);
    if (!doc) return;
    await cleanUp({ contract: 1, flow_run_id: doc.id, attempt: doc.life.attempt, generation: doc.life.generation });
  };
}
