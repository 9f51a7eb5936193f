// An n-gram model with interpolation after Witten and Bell (1991), counted only in the contexts of the text that it is asked about.

/** Probabilities (T) of the symbols of a text by the models of order 1 .. n. */
export interface NgramModel {
  /** By order - 1: P(symbol t | up to order - 1 symbols before it), T entries. */
  probabilities: Float64Array[]
}

/** The contexts of a text as a tree: child (node, symbol) is the context one symbol longer, with that symbol as its last. */
interface Contexts {
  children: Map<number, number>
  /** By length k, by position: the node of the k symbols up to the position; -1 before there are as many. */
  nodes: Int32Array[]
  count: number
}

function contextsOf(ids: Int32Array, order: number, vocabulary: number): Contexts {
  const children = new Map<number, number>()
  const nodes = [new Int32Array(ids.length)]
  let count = 1
  for (let k = 1; k < order; k++) {
    const shorter = nodes[k - 1]!
    const longer = new Int32Array(ids.length).fill(-1)
    for (let t = k - 1; t < ids.length; t++) {
      const parent = t === 0 ? 0 : shorter[t - 1]!
      const key = parent * vocabulary + ids[t]!
      let node = children.get(key)
      if (node === undefined) children.set(key, (node = count++))
      longer[t] = node
    }
    nodes.push(longer)
  }
  return { children, nodes, count }
}

/** How often each context of the text, and each symbol after it, occurs in the training text. */
function countContexts(
  training: Int32Array,
  { children, count }: Contexts,
  order: number,
  vocabulary: number,
) {
  const totals = new Float64Array(count)
  const types = new Float64Array(count)
  const followed = new Map<number, number>()
  let active = new Int32Array(order).fill(-1)
  let next = new Int32Array(order).fill(-1)
  active[0] = 0
  for (const id of training) {
    for (let k = 0; k < order && id >= 0; k++) {
      const node = active[k]!
      if (node < 0) continue
      const key = node * vocabulary + id
      const seen = followed.get(key) ?? 0
      if (seen === 0) types[node]!++
      followed.set(key, seen + 1)
      totals[node]!++
    }
    next[0] = 0
    for (let k = 1; k < order; k++) {
      const parent = active[k - 1]!
      next[k] = parent < 0 || id < 0 ? -1 : (children.get(parent * vocabulary + id) ?? -1)
    }
    ;[active, next] = [next, active]
  }
  return { totals, types, followed }
}

/**
 * P_n(s | h) = (c(h s) + T(h) P_(n-1)(s | h')) / (c(h) + T(h)), where c counts in `training`, T(h) is the number of symbols seen after h and
 * h' is h without its first symbol; P_0 = 1 / vocabulary. Contexts that were not seen take the shorter one. NaN for symbol 0.
 */
export function ngramModel(
  training: Int32Array,
  ids: Int32Array,
  { order, vocabulary }: { order: number; vocabulary: number },
): NgramModel {
  const contexts = contextsOf(ids, order, vocabulary)
  const { totals, types, followed } = countContexts(training, contexts, order, vocabulary)
  const probabilities: Float64Array[] = []
  let shorter = new Float64Array(ids.length).fill(1 / vocabulary)
  for (const nodes of contexts.nodes) {
    const p = Float64Array.from(shorter)
    p[0] = NaN
    for (let t = 1; t < ids.length; t++) {
      const node = nodes[t - 1]!
      if (node < 0 || totals[node] === 0) continue
      const seen = followed.get(node * vocabulary + ids[t]!) ?? 0
      p[t] = (seen + types[node]! * shorter[t]!) / (totals[node]! + types[node]!)
    }
    probabilities.push(p)
    shorter = p
  }
  return { probabilities }
}
