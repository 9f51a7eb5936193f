// What the activations among the signals of a step are computed from: `pre_i` is the argument of gate i.
import { sameShape, type Node } from '../graph/node.ts'

const activations = new Set(['sigmoid', 'tanh', 'relu'])

/** Id of the argument of a signal. */
export const preActivation = (signal: string): string => `pre_${signal}`

/** The arguments of activations, (B, H) each, by id; without those that are signals themselves. */
export function preActivationsOf(signals: Readonly<Record<string, Node>>): Record<string, Node> {
  const named = new Set(Object.values(signals))
  return Object.fromEntries(
    Object.entries(signals).flatMap(([id, { op, inputs, shape }]) => {
      const [argument] = inputs
      const found = activations.has(op) && !named.has(argument!) && sameShape(argument!.shape, shape)
      return found ? [[preActivation(id), argument!] as const] : []
    }),
  )
}
