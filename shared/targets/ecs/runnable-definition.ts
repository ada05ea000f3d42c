/** What a task runs: which revision, which of its containers, and where its output goes. */
export interface RunnableDefinition {
  readonly arn: string;
  readonly container: string;
  readonly networkMode: string;
  /** The revision that this submission registered. */
  readonly registered: boolean;
  /** Its place among the known definitions; null for one that the pool names. */
  readonly hash: string | null;
  readonly logs: { readonly group: string; readonly prefix: string; readonly region: string } | null;
}
