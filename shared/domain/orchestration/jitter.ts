/**
 * An exponentially distributed wait with mean `averageSeconds`, never above `averageSeconds * (1 + factor)` and cut below so
 * that the median stays where it was: many who were turned away at once do not come back at once. `random` is in [0, 1).
 */
export function jitteredSeconds(averageSeconds: number, factor: number, random: number): number {
  if (averageSeconds <= 0) return 0;
  const upper = 1 + factor;
  const lower = Math.log2(2 ** upper / (2 ** upper - 1));
  const probability = (multiple: number): number => 1 - Math.exp(-multiple);
  const drawn = probability(lower) + random * (probability(upper) - probability(lower));
  return -Math.log(1 - drawn) * averageSeconds;
}
