// The program that reads a whole text and differentiates its loss by states at every step: by a perturbation of zero added to each. It updates
// nothing and needs the text at once, since a gradient comes from all symbols that follow.
import { compile } from '../compile/compile.ts'
import { grad } from '../compile/grad.ts'
import type { Program } from '../compile/program.ts'
import type { Node } from '../graph/node.ts'
import { concat, constant, crossEntropy, input, sum, zeros } from '../graph/ops.ts'
import { classLogits } from '../nn/ends.ts'
import { signalKey } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import { outputsOf, traceNetwork, zeroStates } from '../nn/trace.ts'
import { weightNodes } from '../nn/weights.ts'

/** A signal of a layer by which the loss is differentiated. */
export interface DifferentiatedSignal {
  layer: number
  signal: string
}

/**
 * Inputs: `ids` and `next` (T, 1), -1 for no symbol. Outputs: `0.c` (T, 1, H), the gradient of the sum of -log p of all `next` by the signal of
 * that layer after each symbol, scans of a layer concatenated.
 */
export function gradientProgram(
  network: SequenceNetwork,
  length: number,
  wanted: readonly DifferentiatedSignal[],
): Program {
  const weights = weightNodes(network)
  const perturbations = new Map<string, Node>()
  const trace = traceNetwork(network, weights, input('ids', [length, 1]), zeroStates(network, 1), {
    intervene: (path, shape) =>
      wanted
        .filter(({ layer }) => layer === path.index)
        .map(({ signal }) => {
          const shift = zeros(shape)
          perturbations.set(signalKey(path, signal), shift)
          return { signal, scale: constant(1, shape.slice(1)), shift }
        }),
  })
  const logits = classLogits(network, outputsOf(network, weights, trace))
  const loss = sum(crossEntropy(logits, input('next', [length, 1])))
  const keys = [...perturbations.keys()]
  const gradients = new Map(grad(loss, [...perturbations.values()]).map((g, i) => [keys[i]!, g]))
  const outputs = wanted.map(({ layer, signal }) => {
    const parts = network.layers[layer]!.scans.map(({ path }) => gradients.get(signalKey(path, signal))!)
    return [signalKey({ index: layer }, signal), parts.length > 1 ? concat(parts, -1) : parts[0]!] as const
  })
  return compile({ outputs: Object.fromEntries(outputs) })
}
