// Maps slider positions (0..1) to values of a linear or logarithmic range and back. Pure.

export interface Range {
  min: number
  max: number
  scale: 'log' | 'linear'
  integer: boolean
  /** Smallest positive value of a logarithmic range that includes zero. */
  low?: number | undefined
}

/** Lower end of the logarithm: a small positive value if `min` is zero; position 0 maps to `min` itself. */
const floorOf = (range: Range): number =>
  range.min > 0 ? range.min : (range.low ?? (range.integer ? 1 : range.max * 1e-6))

/** Position of a value, clamped to the range. */
export function positionOf(value: number, range: Range): number {
  const clamped = Math.min(range.max, Math.max(range.min, value))
  if (range.scale === 'linear')
    return range.max === range.min ? 0 : (clamped - range.min) / (range.max - range.min)
  const low = floorOf(range)
  if (clamped <= range.min) return 0
  return Math.max(0, Math.log(clamped / low) / Math.log(range.max / low))
}

/** Value at a position, rounded to two significant digits or to an integer. */
export function valueAt(position: number, range: Range): number {
  if (position <= 0) return range.min
  if (position >= 1) return range.max
  const low = floorOf(range)
  const raw =
    range.scale === 'linear'
      ? range.min + position * (range.max - range.min)
      : low * (range.max / low) ** position
  const rounded = range.integer
    ? raw < 100
      ? Math.round(raw)
      : Number(raw.toPrecision(2))
    : Number(raw.toPrecision(2))
  return Math.min(range.max, Math.max(range.min, rounded))
}
