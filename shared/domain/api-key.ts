/** An API key as stored: its id is the SHA-256 of the key, which is shown once and kept nowhere. */
export interface ApiKey {
  id: string;
  name: string;
  role: 'viewer' | 'editor' | 'admin';
  created: string;
  expires: string | null;
  revoked: string | null;
}
