import { type Deployment, useWorkspaceApi } from '@prefecthq/prefect-ui-library';
import { useRouteParam, useSubscription } from '@prefecthq/vue-compositions';
import { type ComputedRef, computed, type Ref } from 'vue';

/** The deployment that the path names, and its address; undefined until it was read. */
export function useDeploymentOfPath(): {
  id: Ref<string>;
  deployment: ComputedRef<Deployment | undefined>;
  page: ComputedRef<string>;
} {
  const id = useRouteParam('deploymentId');
  const api = useWorkspaceApi();
  const subscription = useSubscription(api.deployments.getDeployment, [id]);
  return {
    id,
    deployment: computed(() => subscription.response),
    page: computed(() => `/deployments/deployment/${id.value}`),
  };
}
