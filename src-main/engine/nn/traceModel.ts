// Tracing of sequence and image networks by one function.
import type { Node } from '../graph/node.ts'
import { isImageNetwork } from './imageNetwork.ts'
import { traceImage } from './imageTrace.ts'
import type { Model, ModelTrace, TraceOptions } from './model.ts'
import { isSequenceNetwork } from './network.ts'
import { traceNetwork, zeroStates } from './trace.ts'
import type { Weights } from './weights.ts'

/** x: ids (T, B), or numbers (T, B, size); for an image ids (R, C, B). `init`: initial states of a sequence, default zeros; `mask`: see SequenceTraceOptions. */
export function traceModel(
  model: Model,
  weights: Weights,
  x: Node,
  { init, ...options }: TraceOptions & { init?: readonly Node[]; mask?: Node },
): ModelTrace {
  if (isImageNetwork(model)) return traceImage(model, weights, x, options)
  if (!isSequenceNetwork(model)) throw new TypeError(`a model of kind ${model.kind} has no trace`)
  return traceNetwork(model, weights, x, init ?? zeroStates(model, x.shape[1]!), options)
}
