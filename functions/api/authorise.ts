import { ClientError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import type { App } from '../../shared/operations/app.ts';
import { ownsFlowRun } from '../../shared/operations/flow-runs/run-tree.ts';
import type { Access, Role } from './route.ts';

const RANK: Record<Role, number> = { open: 0, viewer: 1, editor: 2, admin: 3 };

/** Throws 403 unless the principal may call a route of this access with these path parameters. */
export async function authorise(
  app: App,
  access: Access,
  principal: Principal,
  params: Readonly<Record<string, string>>,
): Promise<void> {
  if (access.role === 'open' || principal.kind === 'anonymous' || principal.kind === 'system') return;
  if (principal.kind === 'api-key') {
    if (RANK[principal.role] >= RANK[access.role]) return;
    throw new ClientError(
      'forbidden',
      `This API key has the role "${principal.role}"; the operation asks for "${access.role}".`,
    );
  }
  if (access.run === 'yes') return;
  if (access.run === 'own-run' && (await ownsFlowRun(app, principal, params['id'] ?? ''))) return;
  throw new ClientError('forbidden', 'The token of a flow run may not do this. Use an API key.');
}
