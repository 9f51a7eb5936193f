// The program that reads a text symbol by symbol and carries its state: for sampling, heatmaps and rankings.
import { compile, type Kept } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { Node } from '../graph/node.ts'
import { input, mul, state } from '../graph/ops.ts'
import { classLogits } from '../nn/ends.ts'
import { stateShapes, type Network } from '../nn/network.ts'
import { outputsOf, traceNetwork } from '../nn/trace.ts'
import { weightNodes } from '../nn/weights.ts'

export interface ReaderOptions {
  /** Symbols per run, T. */
  steps: number
  /** Whether logits (T, 1, V) of the next symbol's probabilities are wanted. */
  outputs: boolean
  watch?: (layer: number, signal: string) => boolean
  /** Memory of the training program, where the weights lie. */
  kept?: Kept
}

/** Inputs: ids (T, 1), keep (0 starts from zero states). Outputs: `logits`, and `layer.signal` (T, 1, H) for what is watched. */
export function readerProgram(network: Network, { steps, outputs, watch, kept }: ReaderOptions): Program {
  const weights = weightNodes(network)
  const carried = stateShapes(network).map(({ name, size }) => state(`carry.${name}`, [1, size]))
  const keep = input('keep', [])
  const trace = traceNetwork(network, weights, input('ids', [steps, 1]), carried.map((c) => mul(c, keep)), watch ? { watch } : {}) // prettier-ignore
  const named: Record<string, Node> = Object.fromEntries(trace.signals)
  if (outputs) named.logits = classLogits(network, outputsOf(network, weights, trace))
  return compile({
    outputs: named,
    updates: carried.map((c, i) => [c, trace.final[i]!]),
    ...(kept && { kept }),
  })
}
