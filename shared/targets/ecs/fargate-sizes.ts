/** Memory in MiB for each amount of CPU units on Fargate: from, to, in steps (ECS developer guide, "Task CPU and memory"). */
const SIZES: Readonly<Record<number, readonly [number, number, number]>> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};

/** Null for a pair that Fargate has. AWS's own message says only that there is no such configuration. */
export function checkFargateSize(cpu: number, memory: number): { field: 'cpu' | 'memory'; message: string } | null {
  const size = SIZES[cpu];
  if (!size) {
    return { field: 'cpu', message: `Fargate has ${Object.keys(SIZES).join(', ')} CPU units, not ${cpu}.` };
  }
  const [from, to, step] = size;
  const fits = memory >= from && memory <= to && (memory - from) % step === 0 && !(cpu === 256 && memory === 1536);
  if (fits) return null;
  return {
    field: 'memory',
    message: `with ${cpu} CPU units Fargate has ${from} to ${to} MiB of memory in steps of ${step}, not ${memory}.`,
  };
}
