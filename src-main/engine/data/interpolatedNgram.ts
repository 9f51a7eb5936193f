// An n-gram model whose orders are interpolated after Jelinek and Mercer (1980): a baseline of what the last symbols tell about the next one.
// It keeps no text; a symbol that is never a target, the unknown word, is counted in contexts only.

/** The probabilities of an n-gram model. Ids below 0 are unknown contexts. */
export interface InterpolatedNgram {
  order: number
  /** P(ids[at] | up to order - 1 symbols before it). */
  probability(ids: ArrayLike<number>, at: number): number
  /** P(symbol | the last order - 1 symbols of `context`) of every symbol, (V), which add up to 1. */
  distribution(context: ArrayLike<number>): Float64Array
}

export interface NgramOptions {
  order: number
  /** Number of symbols V. */
  vocabulary: number
  /** Id of the symbol that is never a target; -1: none. */
  ignored: number
}

/** More training symbols are not counted; the last ones are. */
const maxCounted = 1_000_000
/** Share of the training symbols, at their end, on which the weights are fitted; contexts with counts of one power of 2 share a weight. */
const [fittedShare, buckets, iterations] = [0.1, 16, 20]

/** How often sequences of up to `order` symbols occur: a tree whose node (node, symbol) is the sequence one symbol longer. */
interface Counts {
  children: Map<number, number>
  /** By node: occurrences, and occurrences followed by a symbol that can be a target. */
  seen: Float64Array
  followed: Float64Array
}

function countSequences(ids: ArrayLike<number>, { order, vocabulary, ignored }: NgramOptions): Counts {
  const children = new Map<number, number>()
  const seen: number[] = [0]
  const followed: number[] = [0]
  /** The nodes of the last 0 .. order - 1 symbols. */
  let last = [0]
  for (let t = 0; t < ids.length; t++) {
    const id = ids[t]!
    const next = [0]
    last.forEach((context, k) => {
      const key = context * vocabulary + id
      let node = children.get(key)
      if (node === undefined) {
        children.set(key, (node = seen.length))
        seen.push(0)
        followed.push(0)
      }
      seen[node]!++
      if (id !== ignored) followed[context]!++
      if (k + 1 < order) next.push(node)
    })
    last = next
  }
  return { children, seen: Float64Array.from(seen), followed: Float64Array.from(followed) }
}

/** The nodes of the last 0 .. order - 1 symbols before `at`; -1 for a sequence that does not occur. */
function contextNodes(
  { children }: Counts,
  { order, vocabulary }: NgramOptions,
  ids: ArrayLike<number>,
  at: number,
) {
  const nodes = [0]
  for (let length = 1; length < order && length <= at; length++) {
    let node = 0
    for (let t = at - length; t < at && node >= 0; t++)
      node = ids[t]! < 0 ? -1 : (children.get(node * vocabulary + ids[t]!) ?? -1)
    nodes.push(node)
  }
  return nodes
}

/** The bucket of a context: 0 if it does not occur, else 1 + log2 of how often. */
const bucketOf = ({ followed }: Counts, node: number): number =>
  node < 0 || followed[node] === 0 ? 0 : Math.min(buckets - 1, 1 + Math.floor(Math.log2(followed[node]!)))

/** Relative frequency of a symbol after a context that occurs. */
const frequency = (
  { children, seen, followed }: Counts,
  vocabulary: number,
  node: number,
  id: number,
): number => (seen[children.get(node * vocabulary + id) ?? 0] ?? 0) / followed[node]!

/** Weights by context length and bucket, by expectation maximisation over the symbols `ids`. */
function fitWeights(counts: Counts, options: NgramOptions, ids: ArrayLike<number>): Float64Array[] {
  const { order, vocabulary, ignored } = options
  const uniform = 1 / targetCount(options)
  const weights = Array.from({ length: order }, () => new Float64Array(buckets).fill(0.5).fill(0, 0, 1))
  const positions: { buckets: number[]; frequencies: number[] }[] = []
  for (let t = 1; t < ids.length; t++) {
    const id = ids[t]!
    if (id === ignored || id < 0) continue
    const nodes = contextNodes(counts, options, ids, t)
    const own = nodes.map((node) => bucketOf(counts, node))
    positions.push({
      buckets: own,
      frequencies: nodes.map((node, k) => (own[k] === 0 ? 0 : frequency(counts, vocabulary, node, id))),
    })
  }
  for (let i = 0; i < iterations; i++) {
    const chosen = weights.map(() => new Float64Array(buckets))
    const reached = weights.map(() => new Float64Array(buckets))
    for (const { buckets: own, frequencies } of positions) {
      // p[k]: the probability by contexts shorter than k.
      const p = [uniform]
      own.forEach((b, k) => p.push(weights[k]![b]! * frequencies[k]! + (1 - weights[k]![b]!) * p[k]!))
      let left = 1
      for (let k = own.length - 1; k >= 0; k--) {
        const b = own[k]!
        const taken = (left * weights[k]![b]! * frequencies[k]!) / p[k + 1]!
        chosen[k]![b]! += taken
        reached[k]![b]! += left
        left -= taken
      }
    }
    weights.forEach((row, k) => {
      for (let b = 1; b < buckets; b++) if (reached[k]![b]! > 0) row[b] = chosen[k]![b]! / reached[k]![b]!
    })
  }
  return weights
}

const targetCount = ({ vocabulary, ignored }: NgramOptions): number => vocabulary - (ignored >= 0 ? 1 : 0)

/**
 * The model of training symbols: P_k(s | h) = w c(h s)/c(h) + (1 - w) P_(k-1)(s | h'), h' being h without its first symbol and P_0 uniform. The
 * weights w, one for each length of h and power of 2 of c(h) (Chen & Goodman 1998), are fitted on the last tenth by counts of the symbols
 * before it; then all symbols are counted.
 */
export function interpolatedNgram(training: ArrayLike<number>, options: NgramOptions): InterpolatedNgram {
  const { order, vocabulary, ignored } = options
  const ids = Int32Array.from(training).subarray(-maxCounted)
  const cut = ids.length - Math.floor(ids.length * fittedShare)
  const weights = fitWeights(countSequences(ids.subarray(0, cut), options), options, ids.subarray(cut))
  const counts = countSequences(ids, options)
  const uniform = 1 / targetCount(options)
  const probabilityAfter = (nodes: readonly number[], id: number): number =>
    nodes.reduce((shorter, node, k) => {
      const w = weights[k]![bucketOf(counts, node)]!
      return w === 0 ? shorter : w * frequency(counts, vocabulary, node, id) + (1 - w) * shorter
    }, uniform)
  return {
    order,
    probability: (text, at) =>
      text[at] === ignored ? 0 : probabilityAfter(contextNodes(counts, options, text, at), text[at]!),
    distribution(context) {
      const nodes = contextNodes(counts, options, context, context.length)
      return Float64Array.from({ length: vocabulary }, (_, id) =>
        id === ignored ? 0 : probabilityAfter(nodes, id),
      )
    },
  }
}
