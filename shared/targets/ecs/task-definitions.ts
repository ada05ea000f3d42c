/** Remembers under which ARN a definition is registered, for all processes (targets.md 2.1, step 3). */
export interface TaskDefinitions {
  /**
   * The ARN, or `register` when the caller is to register it now, or `busy` while another does. Who is to register and does not
   * come back is replaced after half a minute.
   */
  claim(hash: string): Promise<{ readonly arn: string } | 'register' | 'busy'>;
  keep(hash: string, arn: string): Promise<void>;
  /** The revision was deregistered. */
  forget(hash: string): Promise<void>;
}
