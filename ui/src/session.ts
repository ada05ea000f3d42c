import { readonly, ref } from 'vue';

/** The API key of this tab: kept until the tab is closed, never longer. */
const STORED = 'pushpool-key';
const key = ref(sessionStorage.getItem(STORED));

export const session = {
  key: readonly(key),
  signIn(given: string): void {
    sessionStorage.setItem(STORED, given);
    key.value = given;
  },
  signOut(): void {
    sessionStorage.removeItem(STORED);
    key.value = null;
  },
};

/** What the API says to this key: `open` asks for none, `unknown` does not accept it. */
export type Standing = 'open' | 'known' | 'unknown' | 'unreachable';

/** Asks the API with a key, or without. */
export async function standingOf(given: string | null): Promise<Standing> {
  try {
    const headers: Record<string, string> = given ? { authorization: `Bearer ${given}` } : {};
    const answer = await fetch('/api/admin/version', { headers });
    if (answer.status === 401) return 'unknown';
    if (!answer.ok) return 'unreachable';
    return given ? 'known' : 'open';
  } catch {
    return 'unreachable'; // the browser says nothing more of a failed connection
  }
}
