import { v5 as uuid5 } from 'uuid';
import type { Resource } from '../resource.ts';
import { RestError } from '../rest.ts';
import { type AciContext, arm } from './context.ts';

const ASSIGNMENTS = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const VERSION = '2022-04-01';
/** A principal made a moment ago is not known everywhere for about a minute. */
const PRINCIPAL_LOOKS = 24;

interface Assignment {
  readonly id: string;
  readonly what: string;
  readonly role: { readonly name: string; readonly id: string };
  readonly scope: (context: AciContext) => string | null;
  readonly principal: (context: AciContext) => string | null;
  /** The principal is this pool's own: what somebody else made may need its role. */
  readonly isOurs: (context: AciContext) => boolean;
}

/** A role of a principal in a scope. Its name is derived from the three, so that making it twice makes it once. */
export function roleAssignment({
  id,
  what,
  role,
  scope,
  principal,
  isOurs,
}: Assignment): Resource<AciContext, { id: string }> {
  const path = (context: AciContext): string | null => {
    const [place, who] = [scope(context), principal(context)];
    if (!place || !who) return null;
    return `${place}/providers/Microsoft.Authorization/roleAssignments/${uuid5(`${place}/${who}/${role.id}`, ASSIGNMENTS)}?api-version=${VERSION}`;
  };
  return {
    id,
    line: () => `Assigning the role ${role.name} ${what}`,
    progress: `Assigning the role ${role.name}`,
    permissions: ['Microsoft.Authorization/roleAssignments/read', 'Microsoft.Authorization/roleAssignments/write'],
    async find(context) {
      const target = path(context);
      return target && arm(context, target);
    },
    async create(context) {
      const { subscriptionId } = context;
      const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`;
      const body = {
        properties: { roleDefinitionId, principalId: principal(context), principalType: 'ServicePrincipal' },
      };
      for (let look = 1; ; look++) {
        try {
          return await arm(context, path(context)!, { method: 'PUT', body });
        } catch (error) {
          if (!(error instanceof RestError)) throw error;
          if (error.name === 'RoleAssignmentExists') return { id: 'assigned by somebody else' };
          if (error.name !== 'PrincipalNotFound' || look >= PRINCIPAL_LOOKS) throw error;
          await context.sleep(5);
        }
      }
    },
    isOurs,
    async remove(context) {
      await arm(context, path(context)!, { method: 'DELETE' });
    },
  };
}
