/** A client's frame header is at most 2 + 8 (length) + 4 (mask) bytes. */
const LONGEST_HEADER_BYTES = 14;

export interface FrameHeader {
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number;
  readonly payloadBytes: number;
}

/**
 * Reads only the frame headers out of the bytes a client sends (RFC 6455, section 5.2), in whatever pieces they come, and
 * reports each. The gateway's frame limit cannot be seen on whole messages, which is all that `ws` hands over.
 */
export function createFrameReader(onFrame: (header: FrameHeader) => void): (bytes: Buffer) => void {
  const pending = Buffer.alloc(LONGEST_HEADER_BYTES);
  let pendingBytes = 0;
  let skipBytes = 0;
  return (bytes) => {
    let at = 0;
    while (at < bytes.length) {
      if (skipBytes > 0) {
        const skipped = Math.min(skipBytes, bytes.length - at);
        skipBytes -= skipped;
        at += skipped;
        continue;
      }
      pending[pendingBytes++] = bytes[at++]!;
      if (pendingBytes < headerBytes(pending, pendingBytes)) continue;
      const header = readHeader(pending);
      pendingBytes = 0;
      skipBytes = header.payloadBytes;
      onFrame(header);
    }
  };
}

/** How long the header is, as far as its first bytes tell. */
function headerBytes(header: Buffer, known: number): number {
  if (known < 2) return 2;
  const length = header[1]! & 0x7f;
  const masked = (header[1]! & 0x80) !== 0;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (masked ? 4 : 0);
}

function readHeader(header: Buffer): FrameHeader {
  const length = header[1]! & 0x7f;
  const payloadBytes =
    length === 126 ? header.readUInt16BE(2) : length === 127 ? Number(header.readBigUInt64BE(2)) : length;
  return { opcode: header[0]! & 0x0f, payloadBytes };
}
