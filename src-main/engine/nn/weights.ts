// Weights of a network as nodes of a graph.
import type { Weight } from '../cells/cell.ts'
import type { Node } from '../graph/node.ts'
import { state } from '../graph/ops.ts'

/** Every weight as a state node, by name. */
export const weightNodes = (network: { weights: ReadonlyMap<string, Weight> }): Map<string, Node> =>
  new Map([...network.weights].map(([name, { shape }]) => [name, state(name, shape)]))
