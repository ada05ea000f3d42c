import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * The address a request came from. Each proxy appends the one it saw: behind CloudFront the last of `x-forwarded-for` is
 * CloudFront's, which API Gateway saw and names as source, and the one before it is the client's. What a client writes into
 * the header itself stands further left and is not believed.
 */
export function clientAddress(event: APIGatewayProxyEventV2): string {
  const { sourceIp } = event.requestContext.http;
  const seen = (event.headers['x-forwarded-for'] ?? '').split(',').map((address) => address.trim());
  return (seen.at(-1) === sourceIp ? seen.at(-2) : undefined) ?? sourceIp;
}
