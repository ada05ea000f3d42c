import { createLifecycleHandler } from '../../../functions/lifecycle/handler.ts';
import { createTargetHandler } from '../../../functions/targets/handler.ts';
import { createContainerEndedHandler } from '../../../functions/triggers/container-ended.ts';
import type { FlowRunDocument } from '../../../shared/domain/flow-run-life.ts';
import { runToken } from '../../../shared/operations/access/run-tokens.ts';
import type { ExecutionInput } from '../../../shared/ports/lifecycle-engine.ts';
import type { Observation } from '../../../shared/targets/target.ts';
import { FakeCloud } from '../../fakes/cloud.ts';
import { type TestAnswer, type TestApp, testApp } from '../../test-app.ts';

/** A home with a push pool, a deployment in it, and a cloud to run on; the steps are called by hand, one at a time. */
export async function pushHome(options: { authRequired?: boolean } = {}) {
  const home = await testApp(options);
  const cloud = new FakeCloud();
  const lifecycle = createLifecycleHandler(home.app);
  const target = createTargetHandler(home.app, cloud);
  const ended = createContainerEndedHandler(
    home.app,
    async (input) => void (await target({ step: 'clean-up', input })),
  );
  await must(home.call('POST', '/work_pools/', { name: 'push', type: 'process:push', base_job_template: TEMPLATE }));
  const flow = await must(home.call('POST', '/flows/', { name: 'flow' }));
  const deployment = await must(
    home.call('POST', '/deployments/', {
      name: 'd',
      flow_id: flow.body.id,
      work_pool_name: 'push',
      entrypoint: 'f.py:f',
    }),
  );
  return {
    home,
    cloud,
    /** Creates a run of the deployment; the execution it started is in `home.started`. */
    async create(body: Record<string, unknown> = {}): Promise<string> {
      const made = await must(home.call('POST', `/deployments/${deployment.body.id}/create_flow_run`, body));
      return made.body.id;
    },
    step: (step: string, input: ExecutionInput, token?: string) =>
      (['submit', 'finish', 'clean-up'].includes(step)
        ? target({ step, input, ...(token && { token }) })
        : lifecycle({ step, input, ...(token && { token }) })) as Promise<{
        next?: string;
        until?: string;
        target?: string;
      } | null>,
    /** The cloud reports that a container has ended, as it does once for each. */
    async containerEnds(
      id: string,
      attempt: number,
      observation: Partial<Observation> & { exitCode?: number },
    ): Promise<void> {
      const seen = cloud.end(`${id}/${attempt}`, observation);
      await ended({ flow_run_id: id, attempt, observation: seen });
    },
    report: (id: string, attempt: number, observation: Observation) => ended({ flow_run_id: id, attempt, observation }),
    doc: async (id: string): Promise<FlowRunDocument> => (await home.app.store.flowRuns.get(id))!,
    state: async (id: string) => (await home.app.store.flowRuns.get(id))!.run.state!,
    setState: (id: string, state: Record<string, unknown>, headers?: Record<string, string>): Promise<TestAnswer> =>
      home.call('POST', `/flow_runs/${id}/set_state`, { state }, headers),
    /** The headers of the container of an attempt. */
    async asRun(id: string, attempt: number): Promise<Record<string, string>> {
      const token = await runToken(home.app, id, attempt);
      return { authorization: `Basic ${Buffer.from(token).toString('base64')}` };
    },
    /** The newest execution started for a run. */
    execution: (id: string): ExecutionInput =>
      home.started.filter(({ input }) => input.flow_run_id === id).at(-1)!.input,
  };
}
export type PushHome = Awaited<ReturnType<typeof pushHome>>;

/** Brings a new run to Running: prepared, submitted, awaited with a token, and its container has spoken. */
export async function running(
  push: PushHome,
  body: Record<string, unknown> = {},
): Promise<{ id: string; input: ExecutionInput; token: string }> {
  const id = await push.create(body);
  const input = push.execution(id);
  await push.step('prepare', input);
  const token = `token-${id}`;
  await push.step('submit', input, token);
  await push.setState(id, { type: 'RUNNING' }, await push.asRun(id, input.attempt));
  return { id, input, token };
}

export const signalsOf = (home: TestApp, token: string) => home.signalled.filter((signal) => signal.token === token);

async function must(answer: Promise<TestAnswer>): Promise<TestAnswer> {
  const given = await answer;
  if (given.status >= 300) throw new Error(`${given.status}: ${JSON.stringify(given.body)}`);
  return given;
}

const TEMPLATE = {
  job_configuration: { command: '{{ command }}', env: '{{ env }}', image: '{{ image }}' },
  variables: {
    type: 'object',
    properties: {
      command: { type: 'string' },
      env: { type: 'object', additionalProperties: { type: 'string' } },
      image: { type: 'string', default: 'flows:1' },
    },
  },
};
