import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameReader, type FrameHeader } from '../../../infra/local/websocket-frames.ts';

/** A client's frame (RFC 6455, section 5.2): masked, with the shortest form of its length. */
function frame(opcode: number, payload: number): Buffer {
  const length =
    payload < 126
      ? Buffer.from([0x80 | payload])
      : payload < 65_536
        ? Buffer.from([0x80 | 126, payload >> 8, payload & 0xff])
        : Buffer.concat([Buffer.from([0x80 | 127, 0, 0, 0, 0]), uint32(payload)]);
  return Buffer.concat([Buffer.from([0x80 | opcode]), length, Buffer.from([1, 2, 3, 4]), Buffer.alloc(payload, 0x81)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

describe('the frame reader', () => {
  it('finds every frame and its size, however the bytes are cut', () => {
    const frames = fc.array(
      fc.tuple(
        fc.constantFrom(0, 1, 2, 8, 9, 10),
        fc.oneof(fc.nat(300), fc.constantFrom(125, 126, 65_535, 65_536, 70_000)),
      ),
      { maxLength: 6 },
    );

    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }), (sent, cuts) => {
        const found: FrameHeader[] = [];
        const read = createFrameReader((header) => found.push(header));
        const bytes = Buffer.concat(sent.map(([opcode, payload]) => frame(opcode, payload)));
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const next = at + cuts[cut % cuts.length]!;
          read(bytes.subarray(at, next));
          at = next;
        }
        expect(found.map(({ opcode, payloadBytes }) => [opcode, payloadBytes])).toEqual(sent);
      }),
    );
  });
});
