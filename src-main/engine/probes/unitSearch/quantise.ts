// The values of a unit in 256 bins, for the screen: about half of the edges divide the values evenly, which separates those of a saturated
// gate, and the others divide the range evenly, which separates rare values far from the rest. The order of the values is kept.

const maxEdges = 255
/** Edges that divide the values evenly; the others divide the range evenly. */
const maxShareEdges = 170
const sampleSize = 1024
/** Equal parts of the range, most of them within one bin. */
const cells = 16_384

/** The values of one unit at T positions. */
export interface BinnedValues {
  /** Bin of each value, 0..255. T entries. */
  codes: Uint8Array
  /** Increasing; bin b holds the values from edge b - 1 up to, not including, edge b. In the unit of the signal. */
  edges: Float64Array
  /** Mean of the values in each bin; 0 for an empty one. 256 entries. */
  means: Float64Array
  /** Number of values in each bin, in the first half of the positions and in the second. 256 entries each. */
  counts: readonly [Uint32Array, Uint32Array]
  /** The least and largest value. */
  lo: number
  hi: number
}

function finiteRange(values: Float32Array): [lo: number, hi: number] {
  let lo = Infinity
  let hi = -Infinity
  for (let t = 0; t < values.length; t++) {
    const x = values[t]!
    if (x < lo && x !== -Infinity) lo = x
    if (x > hi && x !== Infinity) hi = x
  }
  return [lo, hi]
}

/**
 * Edges halfway between neighbouring values of a sample. A frequent value has a bin of its own; the other values are divided into bins of about
 * the same share.
 */
function edgesByShare(values: Float32Array): number[] {
  const stride = Math.max(1, Math.floor(values.length / sampleSize))
  const sample = new Float32Array(Math.ceil(values.length / stride))
  for (let i = 0; i < sample.length; i++) sample[i] = values[i * stride]!
  sample.sort()
  const size = sample.findLastIndex((x) => !Number.isNaN(x)) + 1
  /** Where each run of equal values begins, and the end. */
  const begins: number[] = []
  for (let i = 0; i < size; i++) if (i === 0 || sample[i] !== sample[i - 1]) begins.push(i)
  begins.push(size)
  const edgeBefore = (r: number) => (sample[begins[r]! - 1]! + sample[begins[r]!]!) / 2
  const runs = begins.length - 1
  const lengthOf = (r: number) => begins[r + 1]! - begins[r]!
  const isFrequent = (r: number) => lengthOf(r) > (2 * size) / maxShareEdges
  const edges = new Set<number>()
  let rest = size
  for (let r = 0; r < runs; r++) {
    if (!isFrequent(r)) continue
    rest -= lengthOf(r)
    if (r > 0) edges.add(edgeBefore(r))
    if (r + 1 < runs) edges.add(edgeBefore(r + 1))
  }
  const share = rest / (maxShareEdges - edges.size)
  let passed = 0
  let next = share
  for (let r = 0; r + 1 < runs; r++) {
    if (isFrequent(r)) continue
    passed += lengthOf(r)
    if (passed < next) continue
    edges.add(edgeBefore(r + 1))
    next = passed + share
  }
  return [...edges]
}

/** Bins the values of one unit into `codes`; values that are not numbers go to the first bin. */
export function binValues(values: Float32Array, codes: Uint8Array): BinnedValues {
  const [lo, hi] = finiteRange(values)
  const proposed = edgesByShare(values)
  const evenEdges = maxEdges - proposed.length
  for (let k = 1; k <= evenEdges; k++) proposed.push(lo + ((hi - lo) * k) / (evenEdges + 1))
  const edges = Float64Array.from(new Set(proposed.filter((edge) => edge > lo && edge <= hi))).sort()
  const scale = hi > lo ? cells / (hi - lo) : 0
  const cellOf = (x: number) => ((x - lo) * scale) | 0
  /** Number of edges in the cells before each one; the largest value has a cell of its own. */
  const before = new Uint8Array(cells + 2)
  for (const edge of edges) before[cellOf(edge) + 1]!++
  for (let c = 0; c <= cells; c++) before[c + 1]! += before[c]!
  const grid = { lo, scale, before, edges }
  const sums = new Float64Array(256)
  const middle = values.length >> 1
  const counts = [
    binPart(grid, values.subarray(0, middle), codes.subarray(0, middle), sums),
    binPart(grid, values.subarray(middle), codes.subarray(middle), sums),
  ] as const
  const means = sums.map((sum, b) => sum / Math.max(1, counts[0][b]! + counts[1][b]!))
  return { codes, edges, means, counts, lo, hi }
}

/** Edges with a look-up table: the number of edges in the cells before each of many equal parts of the range. */
interface Grid {
  lo: number
  scale: number
  before: Uint8Array
  edges: Float64Array
}

/** Writes the bins of values, adds the values to the sums of their bins, and returns the number of values in each bin. */
function binPart(grid: Grid, values: Float32Array, codes: Uint8Array, sums: Float64Array): Uint32Array {
  const { lo, scale, before, edges } = grid
  const counts = new Uint32Array(256)
  for (let t = 0; t < values.length; t++) {
    const x = values[t]!
    const cell = ((x - lo) * scale) | 0
    let bin = before[cell]!
    let top = before[cell + 1]!
    while (bin < top) {
      const middle = (bin + top) >> 1
      if (edges[middle]! <= x) bin = middle + 1
      else top = middle
    }
    codes[t] = bin
    sums[bin]! += x
    counts[bin]!++
  }
  return counts
}
