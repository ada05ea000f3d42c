/** Where a run's container is or was: its pool's type, and the names of its cloud that lead to it. */
export interface ContainerPlace {
  readonly pool_type: string | null;
  readonly place: Readonly<Record<string, string>>;
}

/** Hosts of the console by partition of AWS. */
const AWS_HOSTS: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** The page of a run's container in the console of its cloud; null where too little is known, or the container is a process here. */
export function consoleLink({ pool_type, place }: ContainerPlace): string | null {
  switch (pool_type) {
    case 'ecs:push':
      return ecs(place);
    case 'azure-container-instance:push':
      return azure(place);
    case 'cloud-run:push':
    case 'cloud-run-v2:push':
      return cloudRun(place);
    case 'modal:push':
      return place['sandbox_id'] ? `https://modal.com/id/${encodeURIComponent(place['sandbox_id'])}` : null;
    default:
      return null;
  }
}

function ecs({ task = '' }: Readonly<Record<string, string>>): string | null {
  const [, partition = '', region, cluster, id] =
    /^arn:([\w-]+):ecs:([\w-]+):\d+:task\/([^/]+)\/(\w+)$/.exec(task) ?? [];
  const host = AWS_HOSTS[partition];
  return host && region ? `https://${region}.${host}/ecs/v2/clusters/${cluster}/tasks/${id}?region=${region}` : null;
}

function azure({ subscriptionId, resourceGroup, group }: Readonly<Record<string, string>>): string | null {
  if (!subscriptionId || !resourceGroup || !group) return null;
  const [subscription, resources, name] = [subscriptionId, resourceGroup, group].map(encodeURIComponent);
  return `https://portal.azure.com/#resource/subscriptions/${subscription}/resourceGroups/${resources}/providers/Microsoft.ContainerInstance/containerGroups/${name}`;
}

function cloudRun({ project, region, job, execution }: Readonly<Record<string, string>>): string | null {
  if (!project || !region || !job) return null;
  const where = execution ? `executions/details/${region}/${execution}/tasks` : `details/${region}/${job}/executions`;
  return `https://console.cloud.google.com/run/jobs/${where}?project=${encodeURIComponent(project)}`;
}
