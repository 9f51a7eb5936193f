// Positions and labels of axis ticks. Values in tooltips and tables are formatted by ui/format.ts.

/** A short tick label: 1500, 20k, 3M, 1e−5. */
export function tickText(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e9 || (size !== 0 && size < 1e-3)) return exponent(value)
  if (size >= 1e6) return `${trim(value / 1e6)}M`
  if (size >= 1e4) return `${trim(value / 1e3)}k`
  return trim(value)
}
const minus = (text: string) => text.replace(/^-/, '−')
const trim = (value: number) => minus(String(Number(value.toPrecision(4))))
const exponent = (value: number) =>
  minus(
    value
      .toExponential(2)
      .replace(/\.?0*e/, 'e')
      .replace('e+', 'e'),
  ).replace('e-', 'e−')

const dense = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9]

/** Ticks of a logarithmic axis: all round numbers within a decade, 1, 2, 5 over a few, only powers of ten over many. Bounds positive. */
export function logTicks(from: number, to: number): number[] {
  if (!(from > 0 && to > from)) return []
  const decades = Math.log10(to / from)
  const parts =
    decades < 0.3 ? dense : decades < 1.2 ? [1, 1.5, 2, 3, 4, 5, 7] : decades < 3 ? [1, 2, 5] : [1]
  const stride = Math.max(1, Math.ceil(decades / 8))
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(from)); 10 ** power <= to; power++) {
    if (parts.length === 1 && power % stride !== 0) continue
    for (const part of parts) {
      const tick = Number(`${part}e${power}`)
      if (tick >= from && tick <= to) ticks.push(tick)
    }
  }
  return ticks.length > 1 ? ticks : niceTicks(from, to, 4)
}

const clockSteps = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400,
]

/** Ticks of a time axis in seconds at round times (5 s, 1 min, 15 min, ...), at most `wanted` + 1. */
export function timeTicks(from: number, to: number, wanted: number): number[] {
  const range = to - from
  if (!(range > 0)) return [from]
  let step = clockSteps.find((s) => range / s <= wanted) ?? 86400
  while (range / step > wanted) step *= 2
  return multiples(step, from, to)
}

function multiples(step: number, from: number, to: number): number[] {
  const ticks: number[] = []
  const slack = 1e-9 * (to - from)
  for (let i = Math.ceil(from / step - 1e-9) || 0; i * step <= to + slack; i++)
    ticks.push(Number((i * step).toPrecision(12)))
  return ticks
}

/** Ticks of a linear axis at multiples of 1, 2, 2.5 or 5 times a power of ten, at most `wanted` + 1 of them. */
export function niceTicks(from: number, to: number, wanted: number): number[] {
  const range = to - from
  if (!(range > 0)) return [from]
  const power = 10 ** Math.floor(Math.log10(range / wanted))
  const step = power * ([1, 2, 2.5, 5].find((m) => range / (power * m) <= wanted) ?? 10)
  return multiples(step, from, to)
}

/** Seconds as a tick: 0:07, 12:05 or 3:02:09; tenths below a second. */
export function clockText(seconds: number): string {
  if (seconds % 1 !== 0) return `${Number(seconds.toFixed(1))} s`
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}
