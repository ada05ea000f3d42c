/** Open WebSocket connections, addressed by id: `PostToConnection` in AWS, the listener's own sockets locally. */
export interface Realtime {
  /** Sends one text message (128 KB at most). `gone` when the connection is closed (410). Throws `TransientError` when throttled. */
  post(connectionId: string, message: string): Promise<'sent' | 'gone'>;
  close(connectionId: string): Promise<void>;
}
