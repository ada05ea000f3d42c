import { readonly, ref } from 'vue';

/** The API key of this tab: kept until the tab is closed, never longer. */
const STORED = 'pushpool-key';
const key = ref(sessionStorage.getItem(STORED));
const role = ref<Role | null>(null);

export type Role = 'viewer' | 'editor' | 'admin';
/** What the API says to a key, or to none: it lets in, does not accept it, or does not answer. */
export type Standing = 'known' | 'unknown' | 'unreachable';

export const session = {
  key: readonly(key),
  /** Null before the API was asked, and where it asks for no key: then everybody may do everything. */
  role: readonly(role),
  /** Asks the API with a key, or without; keeps the key that it knows. */
  async enter(given: string | null): Promise<Standing> {
    const answer = await ask(given);
    if (answer === null) return 'unreachable';
    if (answer.status === 401) return 'unknown';
    if (!answer.ok) return 'unreachable';
    role.value = ((await answer.json()) as { role: Role | null }).role;
    if (given) sessionStorage.setItem(STORED, given);
    key.value = given;
    return 'known';
  },
  signOut(): void {
    sessionStorage.removeItem(STORED);
    key.value = null;
    role.value = null;
  },
};

async function ask(given: string | null): Promise<Response | null> {
  const headers: Record<string, string> = given ? { authorization: `Bearer ${given}` } : {};
  return await fetch('/api/api_keys/own', { headers }).catch(() => null); // of a failed connection the browser says no more
}
