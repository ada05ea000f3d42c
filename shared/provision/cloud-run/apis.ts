import type { Resource } from '../resource.ts';
import { type CloudRunContext, google } from './context.ts';

const LOOKS = 60;

/** An API that the project must have switched on. Switched on is never switched off: others may use it by then. */
export function api(name: string, title: string): Resource<CloudRunContext, { readonly state: string }> {
  const path = ({ projectId }: CloudRunContext): string => `/v1/projects/${projectId}/services/${name}`;
  return {
    id: `api-${name.split('.')[0]}`,
    applies: ({ awsRole }) => name !== 'sts.googleapis.com' || awsRole !== null,
    line: () => `Activating the ${title} for your project`,
    progress: `Enabling the ${title}`,
    permissions: ['serviceusage.services.get', 'serviceusage.services.enable'],
    async find(context) {
      const found = await google(context, 'serviceusage', path(context));
      return found?.state === 'ENABLED' ? found : null;
    },
    async create(context) {
      await google(context, 'serviceusage', `${path(context)}:enable`, { method: 'POST', body: {} });
      for (let look = 1; look <= LOOKS; look++) {
        const found = await this.find(context);
        if (found) return found;
        await context.sleep(5);
      }
      throw new Error(`The ${title} is still not enabled after 5 minutes`);
    },
  };
}
