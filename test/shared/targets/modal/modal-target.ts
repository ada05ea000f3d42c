import { createModalTarget, type ModalTargetOptions } from '../../../../shared/targets/modal/target.ts';
import type { Attempt, Job } from '../../../../shared/targets/target.ts';
import { IMAGE, TOKEN } from '../../../fakes/modal/cloud.ts';
import { FakeModal } from '../../../fakes/modal/modal.ts';

/** A job as the lifecycle resolves one for a `modal:push` pool. */
export const jobWith = (more: Job = {}): Job => ({
  command: "python -c 'print(1)'",
  env: { PREFECT__FLOW_RUN_ID: 'r', PREFECT_API_KEY: 'secret' },
  labels: { 'prefect.io/flow-run-id': 'r', 'prefect.io/work-pool-name': 'My pool' },
  name: 'Grüße an alle',
  modal_credentials: TOKEN,
  image: IMAGE,
  ...more,
});

export const RUN = {
  flowRunName: 'Grüße an alle',
  flowId: 'f',
  flowName: 'flow',
  deploymentId: null,
  workPoolId: 'p',
  workPoolName: 'My pool',
};

export const attempt = (n = 1, more: Partial<Attempt> = {}): Attempt => ({
  flowRunId: '0190a0b0-0000-7000-8000-000000000001',
  attempt: n,
  run: RUN,
  mayExist: true,
  ...more,
});

/** A fake of its own with a target as a fresh process makes it. */
export async function modal(options: ModalTargetOptions = {}) {
  const fake = await FakeModal.start();
  const target = (more: ModalTargetOptions = {}) =>
    createModalTarget({
      serverUrl: fake.url,
      now: () => new Date(fake.clock.now() * 1000),
      requestTimeoutMs: 2000,
      ...options,
      ...more,
    });
  return { fake, target, sandboxes: fake.account.sandboxes };
}
