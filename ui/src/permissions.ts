import { type WorkspacePermission, workspaceFeatureFlags, workspacePermissions } from '@prefecthq/prefect-ui-library';
import { computed } from 'vue';
import { session } from './session.ts';

/** What the server has no page for: users, bots, and the notifications that automations replaced. */
const NOT_OFFERED = /:(?:workspace_bot_access|workspace_user_access|notification_policy)$/;
const OFFERED = [...workspacePermissions, ...workspaceFeatureFlags].filter((name) => !NOT_OFFERED.test(name));
const READ = OFFERED.filter((name) => name.startsWith('read:'));

/** What whoever is here may do, by the role of the key. The server decides; the page leaves out what it would refuse. */
export const permissions = computed(() => (session.role.value === 'viewer' ? READ : OFFERED) as WorkspacePermission[]);
export const isAdmin = computed(() => session.role.value === null || session.role.value === 'admin');
