/** What is known of a run's container: its pool's type, the pid that the submission gave, and the variables of its job. */
export interface Infrastructure {
  readonly poolType: string;
  readonly pid: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The page of a run's container in the console of its cloud; null where too little is known, or the container is a process here. */
export function consoleLink({ poolType, pid, variables }: Infrastructure): string | null {
  const text = (name: string) => (typeof variables[name] === 'string' ? encodeURIComponent(variables[name]) : null);
  if (poolType === 'ecs:push') {
    const [, region, cluster, task] = /arn:aws[\w-]*:ecs:([\w-]+):\d+:task\/([^/]+)\/(\w+)$/.exec(pid) ?? [];
    return region
      ? `https://${region}.console.aws.amazon.com/ecs/v2/clusters/${cluster}/tasks/${task}?region=${region}`
      : null;
  }
  if (poolType === 'azure-container-instance:push') {
    const [subscription, group] = [text('subscription_id'), text('resource_group_name')];
    const name = encodeURIComponent(pid.split(':').at(-1) ?? '');
    const place = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerInstance/containerGroups/${name}`;
    return subscription && group ? `https://portal.azure.com/#resource${place}` : null;
  }
  if (poolType === 'cloud-run-v2:push' || poolType === 'cloud-run:push') {
    const region = text('region');
    return region ? `https://console.cloud.google.com/run/jobs/details/${region}/${encodeURIComponent(pid)}` : null;
  }
  return null;
}
