// Beam search inside a program (Graves 2012; Sutskever, Vinyals & Le 2014) with the length penalty of Wu et al. 2016. The K hypotheses of a
// sequence are K columns side by side. beamPaths reads the hypotheses from what a run recorded; nothing here knows a vocabulary.
import { argmax, indices, without } from '../graph/argmax.ts'
import type { Node } from '../graph/node.ts'
import { add, broadcastTo, concat, constant, div, eq, exp, floor, gather, log, logSoftmax, maximum, mul, oneHot, reshape, select, sub } from '../graph/ops.ts' // prettier-ignore

export interface BeamOptions {
  /** Hypotheses K per sequence. */
  width: number
  /** Exponent alpha: hypotheses are ranked by log p / ((5 + n) / 6)^alpha, n symbols with the end token; 0: by log p. */
  lengthPenalty: number
}

/** One step of a search over N = B * K columns, in a scan of the decoder. */
export interface Beam {
  /** Log-probability, number of symbols and whether the end was reached, of each column before the first step: (N) each. */
  init: Node[]
  /**
   * Logits (N, O) and the states of `init` -> the symbol of each next hypothesis and the column that it continues, (N); and `ys` of the step:
   * symbols, the parents' numbers 0..K-1 and the log-probabilities, (N) each.
   */
  step(logits: Node, values: readonly Node[]): { symbols: Node; parents: Node; next: Node[]; ys: Node[] }
}

/** Below the log-probability of any hypothesis; and below all others, for what was chosen already. */
const [never, chosen] = [-1e30, -1e38]

/** (S, B, D) or (S, B) -> the same with every column K times, side by side: (S, B * K, ...). */
export function repeatColumns(x: Node, width: number): Node {
  const [steps, batch, ...rest] = x.shape as [number, number, ...number[]]
  const lone = reshape(x, [steps, batch, 1, ...rest])
  return reshape(broadcastTo(lone, [steps, batch, width, ...rest]), [steps, batch * width, ...rest])
}

/** (B, D) -> (B * K, D). */
export const repeatRows = (x: Node, width: number): Node =>
  reshape(repeatColumns(reshape(x, [1, ...x.shape]), width), [x.shape[0]! * width, ...x.shape.slice(1)])

/** The search over B sequences with O outputs, of which the last is the end token; `unknown` (-1: none) is never an output. */
export function beamSearch(
  { width, lengthPenalty }: BeamOptions,
  batch: number,
  outputs: number,
  unknown: number,
): Beam {
  const columns = batch * width
  const end = outputs - 1
  const place = sub(indices(columns), mul(floor(div(indices(columns), width)), width))
  const onlyEnd = mul(sub(1, oneHot(constant(end), outputs)), never)
  /** First column of the sequence that a column belongs to. */
  const firstColumn = sub(indices(columns), place)
  return {
    init: [mul(sub(1, eq(place, 0)), never), constant(0, [columns]), constant(0, [columns])],
    step(logits, [total, length, ended]) {
      const column = (x: Node) => reshape(x, [columns, 1])
      const open = logSoftmax(without(logits, unknown))
      const totals = add(select(column(ended!), onlyEnd, open), column(total!))
      const lengths = add(length!, sub(1, ended!))
      const penalty = exp(mul(log(div(add(lengths, 5), 6)), lengthPenalty))
      let scores = reshape(div(totals, column(penalty)), [batch, width * outputs])
      const picks: Node[] = []
      for (let k = 0; k < width; k++) {
        const at = argmax(scores)
        picks.push(reshape(at, [batch, 1]))
        if (k + 1 < width) scores = select(oneHot(at, width * outputs), chosen, scores)
      }
      const picked = reshape(concat(picks, 1), [columns])
      const parent = floor(div(add(picked, 0.5), outputs))
      const symbols = sub(picked, mul(parent, outputs))
      const parents = add(firstColumn, parent)
      const at = (values: Node) => reshape(gather(column(values), parents), [columns])
      const next = reshape(
        gather(reshape(totals, [columns * outputs, 1]), add(mul(parents, outputs), symbols)),
        [columns],
      )
      return {
        symbols,
        parents,
        next: [next, at(lengths), maximum(at(ended!), eq(symbols, end))],
        ys: [symbols, parent, next],
      }
    },
  }
}

/** A hypothesis: its symbols with the end token if it was reached, the log-probability of each, and at each step its column before it. */
export interface BeamPath {
  ids: number[]
  logProbabilities: number[]
  columns: number[]
  ended: boolean
  /** log p / length penalty. */
  score: number
}

/** What `Beam.step` recorded over A steps, (A, N) each, N columns. */
export interface BeamRecord {
  columns: number
  symbols: ArrayLike<number>
  parents: ArrayLike<number>
  totals: ArrayLike<number>
}

/** The hypotheses of a sequence, those that ended first, the best score first; `end`: id of the end token. */
export function beamPaths(
  { columns: all, symbols, parents, totals }: BeamRecord,
  { width, lengthPenalty }: BeamOptions,
  sequence: number,
  end: number,
): BeamPath[] {
  const steps = symbols.length / all
  const first = sequence * width
  const paths = Array.from({ length: width }, (_, k): BeamPath => {
    const walked: { id: number; total: number; column: number }[] = []
    for (let t = steps - 1, at = first + k; t >= 0; t--) {
      const i = t * all + at
      at = first + parents[i]!
      walked.push({ id: symbols[i]!, total: totals[i]!, column: at })
    }
    walked.reverse()
    const stop = walked.findIndex(({ id }) => id === end)
    const path = stop < 0 ? walked : walked.slice(0, stop + 1)
    return {
      ids: path.map(({ id }) => id),
      logProbabilities: path.map(({ total }, t) => total - (path[t - 1]?.total ?? 0)),
      columns: path.map(({ column }) => column),
      ended: stop >= 0,
      score: path.at(-1)!.total / ((5 + path.length) / 6) ** lengthPenalty,
    }
  })
  return paths.sort((a, b) => Number(b.ended) - Number(a.ended) || b.score - a.score)
}
