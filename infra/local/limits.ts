/**
 * The limits of the AWS services that stand around the program, enforced here so that what passes locally holds there
 * (docs/architecture.md, "Limits that shape the code"). Sizes in bytes. Sources: API Gateway quotas for HTTP APIs
 * (http-api-quotas) and WebSocket APIs (apigateway-execution-service-websocket-limits-table), Lambda quotas, Step Functions
 * quotas; DynamoDB's 400 KB an item is checked by the embedded engine itself.
 */
export const LIMITS = {
  http: {
    /** API Gateway: "Payload size". */
    bodyBytes: 10 * 1024 * 1024,
    /** API Gateway: "Total combined size of request line and header values". */
    headerBytes: 10_240,
    /** API Gateway: "Maximum integration timeout". */
    integrationSeconds: 30,
  },
  lambda: {
    /** Synchronous invocation, request and response each. */
    payloadBytes: 6 * 1024 * 1024,
  },
  websocket: {
    frameBytes: 32 * 1024,
    messageBytes: 128 * 1024,
    idleSeconds: 10 * 60,
    connectionSeconds: 2 * 3600,
    /** API Gateway: "Integration timeout" of WebSocket APIs. */
    integrationSeconds: 29,
  },
  stepFunctions: {
    /** Input or output of a task, state or execution. */
    payloadBytes: 256 * 1024,
    events: 25_000,
    /** A name can be used again 90 days after its execution closed. */
    nameSeconds: 90 * 24 * 3600,
    nameCharacters: 80,
  },
} as const;
