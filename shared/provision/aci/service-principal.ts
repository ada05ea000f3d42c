import { earlier, type Resource } from '../resource.ts';
import { type AppRegistration, appRegistration } from './app-registration.ts';
import { type AciContext, graph } from './context.ts';

/** The application's stand-in in this tenant; goes with the application. */
export const servicePrincipal: Resource<AciContext, { readonly id: string }> = {
  id: 'service-principal',
  line: ({ names }) => `Creating a service principal for the app registration: ${names['app']}`,
  progress: 'Creating service principal',
  permissions: ['Application.ReadWrite.OwnedBy (role Application Developer)'],
  async find(context) {
    const app = context.found.get('app-registration') as AppRegistration | undefined;
    if (!app) return null;
    const filter = encodeURIComponent(`appId eq '${app.appId}'`);
    return (await graph(context, `/servicePrincipals?$filter=${filter}`))?.value?.[0] ?? null;
  },
  create: (context) =>
    graph(context, '/servicePrincipals', {
      method: 'POST',
      body: { appId: earlier<AppRegistration>(context, 'app-registration').appId },
    }),
  isOurs: (context) => {
    const app = context.found.get('app-registration') as AppRegistration | undefined;
    return app !== undefined && appRegistration.isOurs!(context, app);
  },
  /** Entra removes it with the application. */
  async remove() {},
};
