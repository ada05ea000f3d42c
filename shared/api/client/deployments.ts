import type * as z from 'zod/mini';
import type { DeploymentSchedule } from '../../domain/deployment.ts';
import type { DeploymentResponse } from '../../operations/deployments/deployment-response.ts';
import type {
  deploymentCreate,
  deploymentFilterBody,
  deploymentFlowRunCreate,
  deploymentUpdate,
} from '../schemas/deployments.ts';
import type { deploymentScheduleCreate, deploymentScheduleUpdate } from '../schemas/schedules.ts';
import type { Connection } from './connection.ts';
import type { FlowRun } from './flow-runs.ts';
import { allPages } from './paging.ts';

export type Deployment = DeploymentResponse;
export type DeploymentCreate = z.input<typeof deploymentCreate>;

/** A schedule as it is sent: the three kinds are told apart by their keys. */
export type ScheduleCreate = Omit<z.input<typeof deploymentScheduleCreate>, 'schedule'> & {
  schedule: Record<string, unknown>;
};

export function deployments({ request, ask }: Connection) {
  const at = (id: string) => `/deployments/${id}`;
  return {
    /** Creates or replaces by flow and name; `created` says which. */
    create: async (body: Omit<DeploymentCreate, 'schedules'> & { schedules: ScheduleCreate[] }) => {
      const answer = await ask<Deployment>('POST', '/deployments/', body);
      return { deployment: answer.body, created: answer.status === 201 };
    },
    /** Changes what is given, schedules as a whole. */
    update: (
      id: string,
      body: Omit<z.input<typeof deploymentUpdate>, 'schedules'> & { schedules?: ScheduleCreate[] },
    ) => request<null>('PATCH', at(id), body),
    read: (id: string) => request<Deployment>('GET', at(id)),
    readByName: (flow: string, name: string) =>
      request<Deployment>('GET', `/deployments/name/${encodeURIComponent(flow)}/${encodeURIComponent(name)}`),
    filter: (body: z.input<typeof deploymentFilterBody>) =>
      allPages((limit, offset) => request<Deployment[]>('POST', '/deployments/filter', { ...body, limit, offset })),
    pause: (id: string) => request<null>('POST', `${at(id)}/pause_deployment`, {}),
    resume: (id: string) => request<null>('POST', `${at(id)}/resume_deployment`, {}),
    delete: (id: string) => request<null>('DELETE', at(id)),
    createFlowRun: (id: string, body: z.input<typeof deploymentFlowRunCreate>) =>
      request<FlowRun>('POST', `${at(id)}/create_flow_run`, body),
    schedules: (id: string) => request<DeploymentSchedule[]>('GET', `${at(id)}/schedules`),
    addSchedules: (id: string, body: readonly ScheduleCreate[]) =>
      request<DeploymentSchedule[]>('POST', `${at(id)}/schedules`, body),
    updateSchedule: (id: string, scheduleId: string, body: z.input<typeof deploymentScheduleUpdate>) =>
      request<null>('PATCH', `${at(id)}/schedules/${scheduleId}`, body),
    deleteSchedule: (id: string, scheduleId: string) => request<null>('DELETE', `${at(id)}/schedules/${scheduleId}`),
  };
}
