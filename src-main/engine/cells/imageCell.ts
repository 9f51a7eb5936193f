// What a two-dimensional cell is: a record with a pure step at one pixel of an image, which sees what it reads there and the states of
// its two neighbours on the way. It knows no order of places, no gradient, no readout and no values.
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
  /** Handed on to the neighbours below and beside, each (B, H). */
  state: readonly S[]
  /** What can be looked at, each (B, H). There is always an `h`: what the layer above reads. */
  signals: readonly Signal<G>[]
  /**
   * One place: x (B, I); states (B, H) of the place before it in its row and of the place before it in its column, zeros at the edge.
   * "Before" goes by the direction of the scan.
   */
  step(
    w: Record<W, Node>,
    x: Node,
    left: Record<S, Node>,
    up: Record<S, Node>,
    options: z.output<O>,
  ): { state: Record<S, Node>; signals: Record<G | 'h', Node> }
}

/** A two-dimensional cell as the rest of the engine sees it. */
export type ImageCell = ImageCellDefinition<string, string, string, z.ZodObject>

/** Checks the names against each other by type and gives the cell to the registry. */
export const defineImageCell = <
  const W extends string,
  const S extends string,
  const G extends string,
  O extends z.ZodObject,
>(
  cell: ImageCellDefinition<W, S, G, O>,
): ImageCell => cell as unknown as ImageCell

/** Options that every two-dimensional cell has: how many scans a layer makes and how they meet. */
export const scanOptions = {
  directions: z.union([z.literal(1), z.literal(2), z.literal(4)]).default(2).meta({ title: 'Directions', help: 'Corners that scans start from. 1: the upper left. 2: both upper corners; in a pixel model the second runs one row behind, so that together they see every pixel that comes before. 4: all corners, where the whole image may be seen.' }),
  merge: z.enum(['sum', 'concat']).default('sum').meta({ title: 'Merge', help: 'What the layer above and the readout see of the directions.', values: { sum: 'their sum', concat: 'all of them side by side' } }),
  tied: z.boolean().default(false).meta({ title: 'Tied directions', help: 'All directions share one set of weights: a mirrored image gives the mirrored states. Not in pixel models, whose directions read different neighbours.' }),
} // prettier-ignore

export interface ScanOptions {
  directions: 1 | 2 | 4
  merge: 'sum' | 'concat'
  tied: boolean
}
