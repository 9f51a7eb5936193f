// Weights of a model as nodes of a graph.
import type { Weight } from '../cells/cell.ts'
import type { Node } from '../graph/node.ts'
import { state } from '../graph/ops.ts'

/** Weights as nodes, by full name. */
export type Weights = ReadonlyMap<string, Node>

/** A state node for every weight, by name. */
export const weightNodes = (network: { weights: ReadonlyMap<string, Weight> }): Map<string, Node> =>
  new Map([...network.weights].map(([name, { shape }]) => [name, state(name, shape)]))

/** The weights whose names start with `prefix`, without it. */
export const within = <V>(weights: ReadonlyMap<string, V>, prefix: string): Map<string, V> =>
  new Map(
    [...weights].flatMap(([name, v]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), v]] : [])),
  )
