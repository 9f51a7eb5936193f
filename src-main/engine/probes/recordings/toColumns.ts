// Rows of values of all units into a column per unit, in blocks of units, so that lines of the cache are read and written whole.

/** Units of a block: the floats of a line of the cache. */
const block = 16

/**
 * `columns` (units, length), unit by unit: writes positions to, to + 1, ... of every unit from `count` rows, of which the first begins at
 * `rows[from]` and the next one `stride` values later.
 */
export function toColumns(
  rows: Float32Array | Float64Array,
  from: number,
  stride: number,
  count: number,
  columns: Float32Array,
  units: number,
  length: number,
  to: number,
): void {
  for (let first = 0; first < units; first += block) {
    const end = Math.min(units, first + block)
    for (let t = 0; t < count; t++) {
      const row = from + t * stride
      for (let unit = first, at = first * length + to + t; unit < end; unit++, at += length)
        columns[at] = rows[row + unit]!
    }
  }
}
