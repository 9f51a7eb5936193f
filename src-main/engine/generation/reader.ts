// The program that reads symbols and carries the states, or a whole image: for sampling, heatmaps and ranking units.
import type { LayerPath } from '../../contract/layerPath.ts'
import { compile, type SharedArena } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { Node } from '../graph/node.ts'
import { broadcastTo, concat, crossEntropy, input, mul, state } from '../graph/ops.ts'
import { classLogits } from '../nn/ends.ts'
import type { Intervention } from '../nn/intervene.ts'
import { signalKey, type Model, type ModelTrace, type TraceOptions } from '../nn/model.ts'
import { isSequenceNetwork, stateShapes } from '../nn/network.ts'
import { preActivation } from '../nn/preActivations.ts'
import { outputsOf } from '../nn/trace.ts'
import { traceModel } from '../nn/traceModel.ts'
import { weightNodes } from '../nn/weights.ts'

export interface ReaderOptions {
  /** Input of one run: [T] symbols, or [R, C] pixels. */
  extent: readonly number[]
  /** Whether the logits (T, 1, V) of the next symbol are an output; not for images. */
  outputs: boolean
  watch?: TraceOptions['watch']
  /** Sequences that are read side by side; default 1. */
  batch?: number
  /** Whether all of these sequences are the same: then `ids` and `next` are (T, 1). */
  sameText?: boolean
  /** Whether -log p of the symbols `next` (T, B) is an output `nll` (T, B); -1 as a symbol gives 0. */
  losses?: boolean
  /** Signals whose values can be changed while the program runs. */
  changes?: readonly SignalChange[]
  /** Arena of the training program, which holds the weights. */
  kept?: SharedArena
}

/**
 * A signal of all scans of a layer with the inputs `scale/KEY` and `shift/KEY`, where KEY is its signalKey: (T, B, H) if it varies from step
 * to step, else (B, H); and, if it is held, `hold/KEY` (T, B, H), not 0 where the value of the step before stays.
 */
export interface SignalChange {
  layer: number
  signal: string
  varies: boolean
  held: boolean
}

/**
 * Inputs: `ids` (T, B) and `keep` (0: start from zero states), or `pixels` (R, C, 1). Outputs: `logits` (T, B, V), and the recorded signals
 * of each layer, `0.h` (..., B, width), several scans concatenated.
 */
export function readerProgram(
  model: Model,
  { extent, outputs, watch, kept, batch = 1, sameText = false, losses = false, changes = [] }: ReaderOptions,
): Program {
  const weights = weightNodes(model)
  const sequence = isSequenceNetwork(model) ? model : undefined
  const carried = sequence
    ? stateShapes(sequence).map(({ name, size }) => state(`carry.${name}`, [batch, size]))
    : []
  const columns = (name: string) =>
    broadcastTo(input(name, [...extent, sameText ? 1 : batch]), [...extent, batch])
  const x = columns(sequence ? 'ids' : 'pixels')
  const keep = sequence && input('keep', [])
  const init = carried.map((c) => mul(c, keep!))
  const held: Node[] = []
  const intervene = (path: LayerPath, shape: readonly number[]) =>
    changes
      .filter(({ layer }) => layer === path.index)
      .map((change) => changeInputs(path, change, shape, held))
  const watchArgument = watch && ((path: LayerPath, id: string) => watch(path, preActivation(id)))
  const trace = traceModel(model, weights, x, {
    init,
    watch,
    watchArgument,
    ...(changes.length > 0 && { intervene }),
  })
  const named = watchedOutputs(model, trace)
  if ((outputs || losses) && sequence) {
    const logits = classLogits(sequence, outputsOf(sequence, weights, trace))
    if (outputs) named.logits = logits
    if (losses) named.nll = crossEntropy(logits, columns('next'))
  }
  return compile({
    outputs: named,
    updates: [
      ...carried.map((c, i): [Node, Node] => [c, trace.final[i]!]),
      ...held.map((h, i): [Node, Node] => [h, trace.held![i]!]),
    ],
    ...(kept && { shared: kept }),
  })
}

function changeInputs(
  path: LayerPath,
  { signal, varies, held }: SignalChange,
  shape: readonly number[],
  states: Node[],
): Intervention {
  const key = signalKey(path, signal)
  const one = shape.slice(1)
  const factors = {
    signal,
    scale: input(`scale/${key}`, varies ? shape : one),
    shift: input(`shift/${key}`, varies ? shape : one),
  }
  if (!held) return factors
  const start = state(`held.${key}`, one)
  states.push(start)
  return { ...factors, hold: { where: input(`hold/${key}`, shape), start } }
}

function watchedOutputs({ layers, cell }: Model, { signals }: ModelTrace): Record<string, Node> {
  const named: Record<string, Node> = {}
  layers.forEach(({ scans }, index) => {
    for (const id of cell.signals.flatMap((signal) => [signal.id, preActivation(signal.id)])) {
      const parts = scans.flatMap(({ path }) => signals.get(signalKey(path, id)) ?? [])
      if (parts.length > 0) named[signalKey({ index }, id)] = parts.length > 1 ? concat(parts, -1) : parts[0]!
    }
  })
  return named
}
