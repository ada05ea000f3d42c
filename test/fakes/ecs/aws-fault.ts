/** An error as AWS answers it. */
export class AwsFault extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Record<string, unknown>;

  constructor(code: string, message: string, options: { status?: number; fields?: Record<string, unknown> } = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.fields = options.fields ?? {};
  }
}

/** The connection breaks. */
export class ConnectionLost extends Error {}
