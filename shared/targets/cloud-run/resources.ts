/** What Cloud Run asks of `cpu` and `memory` together; its own refusal comes only when the job is made. */

const MEMORY = /^(\d+)(G|Gi|M|Mi)$/;
const BYTES: Readonly<Record<string, number>> = { G: 1e9, Gi: 2 ** 30, M: 1e6, Mi: 2 ** 20 };
const CPU = /^(\d+)(m?)$/;
const SMALLEST = 512 * 1e6;
/** More memory than this needs so many CPUs. */
const NEEDS_CPU: readonly (readonly [number, number])[] = [
  [24 * 2 ** 30, 8],
  [16 * 2 ** 30, 6],
  [8 * 2 ** 30, 4],
  [4 * 2 ** 30, 2],
];

/** Variable and sentence for each thing that is wrong. */
export function limitProblems(limits: Readonly<Record<string, string>>): [variable: string, message: string][] {
  const { cpu, memory } = limits;
  const problems: [string, string][] = [];
  const cpuParts = cpu === undefined ? null : CPU.exec(cpu);
  const cpus = cpuParts ? Number(cpuParts[1]) / (cpuParts[2] ? 1000 : 1) : 1;
  if (cpu !== undefined && (!cpuParts || cpus <= 0)) problems.push(['cpu', `must be like 1000m or 2, not ${cpu}.`]);
  if (memory === undefined) return problems;
  const parts = MEMORY.exec(memory);
  const bytes = parts ? Number(parts[1]) * (BYTES[parts[2] ?? ''] ?? 0) : 0;
  if (!parts) problems.push(['memory', `must be like 512Mi or 2Gi, not ${memory}.`]);
  else if (bytes < SMALLEST) problems.push(['memory', `must be 512Mi or more, not ${memory}.`]);
  const needed = NEEDS_CPU.find(([above]) => bytes > above)?.[1] ?? 0;
  if (cpuParts && needed > cpus)
    problems.push(['cpu', `must be ${needed} or more for ${memory} of memory, not ${cpu}.`]);
  return problems;
}
