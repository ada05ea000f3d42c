/** Who asks. */
export type Principal =
  /** The open local home: everybody on this machine is the operator. */
  | { readonly kind: 'anonymous' }
  /** pushpool's own lifecycle and timers. */
  | { readonly kind: 'system' }
  | { readonly kind: 'api-key'; readonly keyId: string; readonly role: 'viewer' | 'editor' | 'admin' }
  /** The token of one attempt of a flow run (rules 5 and 8). */
  | { readonly kind: 'run'; readonly flowRunId: string; readonly attempt: number };
