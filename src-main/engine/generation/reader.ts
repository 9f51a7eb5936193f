// The program that reads symbols and carries the states, or a whole image: for sampling, heatmaps and ranking units.
import { compile, type SharedArena } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { Node } from '../graph/node.ts'
import { concat, input, mul, state } from '../graph/ops.ts'
import { classLogits } from '../nn/ends.ts'
import { signalKey, type Model, type ModelTrace, type TraceOptions } from '../nn/model.ts'
import { isSequenceNetwork, stateShapes } from '../nn/network.ts'
import { outputsOf } from '../nn/trace.ts'
import { traceModel } from '../nn/traceModel.ts'
import { weightNodes } from '../nn/weights.ts'

export interface ReaderOptions {
  /** Input of one run: [T] symbols, or [R, C] pixels. */
  extent: readonly number[]
  /** Whether the logits (T, 1, V) of the next symbol are an output; not for images. */
  outputs: boolean
  watch?: TraceOptions['watch']
  /** Arena of the training program, which holds the weights. */
  kept?: SharedArena
}

/**
 * Inputs: `ids` (T, 1) and `keep` (0: start from zero states), or `pixels` (R, C, 1). Outputs: `logits`, and the recorded signals of each
 * layer, `0.h` (..., 1, width), several scans concatenated.
 */
export function readerProgram(model: Model, { extent, outputs, watch, kept }: ReaderOptions): Program {
  const weights = weightNodes(model)
  const sequence = isSequenceNetwork(model) ? model : undefined
  const carried = sequence
    ? stateShapes(sequence).map(({ name, size }) => state(`carry.${name}`, [1, size]))
    : []
  const x = input(sequence ? 'ids' : 'pixels', [...extent, 1])
  const keep = sequence && input('keep', [])
  const init = carried.map((c) => mul(c, keep!))
  const trace = traceModel(model, weights, x, { init, watch })
  const named = watchedOutputs(model, trace)
  if (outputs && sequence) named.logits = classLogits(sequence, outputsOf(sequence, weights, trace))
  return compile({
    outputs: named,
    updates: carried.map((c, i) => [c, trace.final[i]!]),
    ...(kept && { shared: kept }),
  })
}

function watchedOutputs({ layers, cell }: Model, { signals }: ModelTrace): Record<string, Node> {
  const named: Record<string, Node> = {}
  layers.forEach(({ scans }, index) => {
    for (const { id } of cell.signals) {
      const parts = scans.flatMap(({ path }) => signals.get(signalKey(path, id)) ?? [])
      if (parts.length > 0) named[signalKey({ index }, id)] = parts.length > 1 ? concat(parts, -1) : parts[0]!
    }
  })
  return named
}
