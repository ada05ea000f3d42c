/** Open WebSocket connections, addressed by id: `PostToConnection` in AWS, the listener's own sockets locally. */
export interface Realtime {
  /** Sends one text message (128 KB at most). `gone` when the connection is closed (410). Throws `TransientError` when throttled. */
  post(connectionId: string, message: string): Promise<'sent' | 'gone'>;
  close(connectionId: string): Promise<void>;
  /** False once it is closed, whether or not anybody was told. */
  isOpen(connectionId: string): Promise<boolean>;
  /**
   * Ends it so that a client which stays connected connects anew, before a limit of the gateway ends it for good. False where
   * the gateway knows no such ending: then nothing has happened.
   */
  renew(connectionId: string): Promise<boolean>;
}
