// Powers of ten that enclose positive values. Pure.

/** Most decades that are shown; smaller values stand at the lower edge. */
const most = 8

/** Exponents of the powers of ten below the smallest and above the largest positive value, at most 8 apart; 0 and 1 without one. */
export function decadesOf(values: ArrayLike<number>): { low: number; high: number } {
  const logs = Array.from(values).flatMap((value) =>
    value > 0 && Number.isFinite(value) ? [Math.log10(value)] : [],
  )
  if (logs.length === 0) return { low: 0, high: 1 }
  const [lo, hi] = logs.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  )
  const high = Math.floor(hi) === hi ? hi : Math.ceil(hi)
  return { low: Math.min(high - 1, Math.max(high - most, Math.floor(lo))), high }
}
