// Zeros that are added to every h_t, so that a loss can be derived by h_t: the gradient through time. They cost no memory and change no
// value.
import type { Node } from '../graph/node.ts'
import { zeros } from '../graph/ops.ts'
import type { ImageNetwork } from './imageNetwork.ts'
import type { Network } from './network.ts'
import type { Trace } from './trace.ts'

/** A graph whose trace was made with `nudge` (see Look): what a flow program needs to know of it. */
export interface Nudged {
  /** Before the names of its layers and weights: empty, or such as `encoder.` where a task has several networks. */
  prefix: string
  network: Network
  nudge: readonly Node[]
  trace: Trace
}

/** One per layer, (T, batch, shown): of every `steps` of the layer below, subsampling leaves one in `subsample`. */
export function nudgesOf({ layers, subsample }: Network, steps: number, batch: number): Node[] {
  let length = steps
  return layers.map(({ shown }) => {
    length = Math.ceil(length / subsample)
    return zeros([length, batch, shown])
  })
}

/** The same of a network over images. */
export interface NudgedImage {
  prefix: ''
  network: ImageNetwork
  /** See imageNudges. */
  places: ReadonlyMap<string, Node>
  /** What the readout reads, (R, C, B, shown). */
  top: Node
}

/** One per layer and direction, `layers.0.down-right` -> (R, C, batch, H). */
export const imageNudges = ({ layers }: ImageNetwork, size: number, batch: number): Map<string, Node> =>
  new Map(
    layers.flatMap(
      ({ scans, hidden }, layer) =>
      scans.map(({ direction }) => [imagePlace(layer, direction.id), zeros([size, size, batch, hidden])] as const), // prettier-ignore
    ),
  )

export const imagePlace = (layer: number, direction: string): string => `layers.${layer}.${direction}`
