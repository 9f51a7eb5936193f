// Signals that a cell does not name itself: the arguments of its activations, and the gradients of the loss by its states.
import type { Signal } from '../cells/cell.ts'
import { input } from '../graph/ops.ts'
import type { SequenceNetwork } from './network.ts'
import { preActivation } from './preActivations.ts'
import { traceNetwork, zeroStates } from './trace.ts'
import { weightNodes } from './weights.ts'

const gradient = 'grad_'

/** The state by which `grad_c` is the gradient; undefined for another signal. */
export const gradientOf = (signal: string): string | undefined =>
  signal.startsWith(gradient) ? signal.slice(gradient.length) : undefined

/**
 * `pre_i`, the argument of the activation of gate i, and `grad_c`, d loss / d c in nats per unit of c through all later steps, the loss being the
 * sum of -log p of the symbols of the text. None for networks whose layers run in one joint scan.
 */
export function derivedSignals(network: SequenceNetwork): Signal[] {
  const { cell, input: read } = network
  if (cell.coupled || cell.outputFeedback) return []
  const x = input('x', read.kind === 'dense' ? [1, 1, read.size] : [1, 1])
  const trace = traceNetwork(network, weightNodes(network), x, zeroStates(network, 1), {
    watchArgument: () => true,
  })
  return [
    ...cell.signals
      .filter(({ id }) => trace.signals.has(`0.${preActivation(id)}`))
      .map(({ id }) => ({ id: preActivation(id), title: `pre-activation of ${id}`, kind: 'free' as const })),
    ...cell.signals
      .filter(({ id }) => cell.state.includes(id))
      .map(({ id }) => ({ id: gradient + id, title: `d loss / d ${id}`, kind: 'free' as const })),
  ]
}
