/** What the process ends with; scripts rely on these (docs/guide/command-line.md). */
export const EXIT = {
  done: 0,
  /** The server refused, a run ended other than Completed, or a check of `doctor` failed. */
  failed: 1,
  /** The command was written wrongly; nothing was sent. */
  usage: 2,
  /** Nobody answers at the API's address. */
  unreachable: 3,
  /** Credentials are missing, wrong, or not enough. */
  forbidden: 4,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
