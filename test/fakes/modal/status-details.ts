import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';

/** The trailer with which Modal says how long to wait: a status that holds one `RPCRetryPolicy`. */
export function statusDetails(protocol: PackageDefinition, code: number, message: string, retryAfter: number): Buffer {
  const policy = typeOf(protocol, 'RPCRetryPolicy').serialize({ retry_after_secs: retryAfter });
  const detail = { type_url: 'type.googleapis.com/modal.client.RPCRetryPolicy', value: policy };
  return typeOf(protocol, 'RPCStatus').serialize({ code, message, details: [detail] });
}

const typeOf = (protocol: PackageDefinition, name: string) =>
  protocol[`modal.client.${name}`] as MessageTypeDefinition<object, object>;
