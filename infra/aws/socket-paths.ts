/** The paths at which Prefect's clients open WebSockets; CloudFront sends these to the WebSocket API, all others to the HTTP API. */
export const SOCKET_PATHS = [
  '/api/events/in',
  '/api/events/out',
  '/api/logs/out',
  '/api/task_runs/subscriptions/scheduled',
] as const;
