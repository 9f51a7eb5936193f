// The interface of a two-dimensional cell: a record with a pure step at one position of an image, which reads the input there and the states
// of two neighbours. The order of positions, gradients, readouts and values are not its concern.
import { z } from 'zod'
import type { Node } from '../graph/node.ts'
import type { Signal, Sizes, Weight } from './cell.ts'

/** W: names of weights, S: of states, G: of signals, O: schema of the options. */
export interface ImageCellDefinition<
  W extends string,
  S extends string,
  G extends string,
  O extends z.ZodObject,
> {
  id: string
  title: string
  paper: string
  about: string
  options: O
  weights(sizes: Pick<Sizes, 'input' | 'hidden'>, options: z.output<O>): Record<W, Weight | null>
  /** Names of the states, read by the next positions in row and column, each (B, H). */
  state: readonly S[]
  /** Signals that can be inspected, each (B, H). One is always `h`, the input of the layer above. */
  signals: readonly Signal<G>[]
  /**
   * One position: x (B, I); states (B, H) of the previous position in the row (`left`) and in the column (`up`), in the direction of the
   * scan; zeros at the border.
   */
  step(
    w: Record<W, Node>,
    x: Node,
    left: Record<S, Node>,
    up: Record<S, Node>,
    options: z.output<O>,
  ): { state: Record<S, Node>; signals: Record<G | 'h', Node> }
}

/** A two-dimensional cell with its type parameters erased. */
export type ImageCell = ImageCellDefinition<string, string, string, z.ZodObject>

/** Defines a cell; the types check names of weights, states and signals against each other. */
export const defineImageCell = <
  const W extends string,
  const S extends string,
  const G extends string,
  O extends z.ZodObject,
>(
  cell: ImageCellDefinition<W, S, G, O>,
): ImageCell => cell as unknown as ImageCell

/** Options of every two-dimensional cell: the number of scans of a layer and their merging. */
export const scanOptions = {
  directions: z.union([z.literal(1), z.literal(2), z.literal(4)]).default(2).meta({ title: 'Directions', help: 'Corners from which scans start. 1: upper left. 2: both upper corners; in a pixel model the second is delayed by one row, so that together they read every previous pixel. 4: all corners, if the whole image may be read.' }),
  merge: z.enum(['sum', 'concat']).default('sum').meta({ title: 'Merge', help: 'How the directions are combined for the layer above and the readout.', values: { sum: 'their sum', concat: 'their concatenation' } }),
  tied: z.boolean().default(false).meta({ title: 'Tied directions', help: 'All directions share one set of weights, so that a mirrored image gives mirrored states. Not available in pixel models, whose directions read different neighbours.' }),
} // prettier-ignore

export interface ScanOptions {
  directions: 1 | 2 | 4
  merge: 'sum' | 'concat'
  tied: boolean
}
