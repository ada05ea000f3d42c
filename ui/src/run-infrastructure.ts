import { onUnmounted, type Ref, ref, watch } from 'vue';
import { ask } from './api.ts';
import type { ContainerPlace } from './cloud-console.ts';
import type { ContainerInTime, StateInTime } from './run-phases.ts';

export interface RunState extends StateInTime {
  readonly id: string;
  readonly message: string | null;
}
/** `GET /ui/flow_runs/{id}/infrastructure` */
export interface RunInfrastructure extends ContainerPlace, ContainerInTime {
  readonly attempt: number;
  readonly pid: string | null;
  readonly ended: {
    readonly at: string;
    readonly exit_code: number | null;
    readonly cause: string | null;
    readonly message: string;
  } | null;
  readonly infrastructure_retries: number;
  readonly waits_for: { readonly kind: 'limit' | 'pool' | 'queue' } | null;
  readonly executions: number;
  readonly transitions: number | null;
}

/** A container is looked after some time after its run has ended. */
const LOOK_AGAIN_MILLIS = 10_000;
const LOOKS = 12;

/** States and infrastructure of a run, read anew with each state, and until its container was seen to end. */
export function useRunInfrastructure(flowRunId: string, stateId: Ref<string | null>) {
  const states = ref<RunState[]>([]);
  const infrastructure = ref<RunInfrastructure | null>(null);
  const wrong = ref('');
  let looks = 0;
  let again: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    clearTimeout(again);
    try {
      const [found, where] = await Promise.all([
        ask<RunState[]>(`/flow_run_states/?flow_run_id=${flowRunId}`),
        ask<RunInfrastructure>(`/ui/flow_runs/${flowRunId}/infrastructure`),
      ]);
      states.value = found.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
      infrastructure.value = where;
      wrong.value = '';
      looks += 1;
      if (where.pid && !where.ended && looks < LOOKS) again = setTimeout(look, LOOK_AGAIN_MILLIS);
    } catch (error) {
      wrong.value = (error as Error).message;
    }
  }

  watch(
    stateId,
    () => {
      looks = 0;
      void look();
    },
    { immediate: true },
  );
  onUnmounted(() => clearTimeout(again));
  return { states, infrastructure, wrong };
}
