import type { Resource } from '../resource.ts';
import { type CloudRunContext, google } from './context.ts';

const labels = (context: CloudRunContext) => ({
  'pushpool-managed': 'true',
  'pushpool-pool': context.pool
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .slice(0, 63),
});
const parent = ({ projectId, region }: CloudRunContext): string =>
  `/v1/projects/${projectId}/locations/${region}/repositories`;
const LOOKS = 60;

/** Where the images of flows are pushed. */
export const repository: Resource<CloudRunContext, { readonly labels?: Record<string, string> }> = {
  id: 'repository',
  line: ({ names, region }) => `Creating an Artifact Registry repository in ${region}: ${names['repository']}`,
  progress: 'Creating Artifact Registry repository',
  permissions: ['artifactregistry.repositories.get', 'artifactregistry.repositories.create'],
  find: (context) => google(context, 'artifactregistry', `${parent(context)}/${context.names['repository']}`),
  async create(context) {
    await google(context, 'artifactregistry', `${parent(context)}?repositoryId=${context.names['repository']}`, {
      method: 'POST',
      body: { format: 'DOCKER', description: 'Images of Prefect flows', labels: labels(context) },
    });
    for (let look = 1; look <= LOOKS; look++) {
      const found = await this.find(context);
      if (found) return found;
      await context.sleep(2);
    }
    throw new Error('Artifact Registry has not made the repository after 2 minutes');
  },
  isOurs: (context, found) => {
    const ours = labels(context);
    return found.labels?.['pushpool-managed'] === 'true' && found.labels['pushpool-pool'] === ours['pushpool-pool'];
  },
  /** Images are not for a command that removes plumbing. */
  keptBecause: async () => 'it may hold images; delete it in the console when they are not needed any more',
  async remove() {},
};
