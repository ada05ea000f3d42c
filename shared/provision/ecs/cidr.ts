/** The first /16 from 172.31.0.0 on that overlaps none of these blocks, wrapping to 10.0.0.0. Pure. */
export function freeCidr(taken: readonly string[]): string {
  const ranges = taken.map(parse);
  for (const [first, count] of [
    [0xac1f0000, 1],
    [0xac100000, 15],
    [0x0a000000, 256],
  ] as const) {
    for (let index = 0; index < count; index++) {
      const start = first + index * 0x10000;
      if (!ranges.some((range) => range.start < start + 0x10000 && start < range.start + range.size))
        return `${text(start)}/16`;
    }
  }
  throw new RangeError('No /16 of the private ranges is free; choose an existing VPC by its Name tag');
}

/** The n-th /18 of a /16. */
export function subnetCidr(network: string, index: number): string {
  return `${text(parse(network).start + index * 0x4000)}/18`;
}

function parse(cidr: string): { start: number; size: number } {
  const [address = '', bits = '32'] = cidr.split('/');
  const start = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { start, size: 2 ** (32 - Number(bits)) };
}

const text = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
