import { AwsFault } from './aws-fault.ts';

// biome-ignore lint/suspicious/noExplicitAny: requests are whatever JSON the client sends
export type Body = Record<string, any>;

/** A field that the service does not know is a mistake of ours: AWS's own clients would have refused it. */
export function refuseUnknown(call: string, body: Record<string, unknown>, known: readonly string[]): void {
  const unknown = Object.keys(body).filter((field) => !known.includes(field));
  if (unknown.length > 0) throw new AwsFault('SerializationException', `${call} knows no ${unknown.join(', ')}.`);
}
