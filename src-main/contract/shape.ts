// The shape of a network as its configuration says it, for whoever lays it out or names it.
import type { ModelConfig } from './config.ts'

/** What it takes; older records lack `sizes`. */
export type Shape = Pick<ModelConfig, 'cell' | 'hidden' | 'layers'> &
  Partial<Pick<ModelConfig, 'sizes' | 'bidirectional'>>

/** Units per layer from the bottom up, from `sizes` or from `hidden` and `layers`. */
export const layerSizes = ({ sizes, hidden, layers }: Shape): number[] =>
  sizes ? sizes.split('/').map(Number) : Array<number>(layers).fill(hidden)

/** `128`, `128x2`, `400/300/200`, with a double arrow when both directions are read. */
export const sizeText = ({ sizes, hidden, layers, bidirectional }: Shape): string =>
  `${bidirectional ? '↔' : ''}${sizes || (layers > 1 ? `${hidden}x${layers}` : hidden)}`

/** `lstm 128x2`: the network in two words. */
export const modelText = (model: Shape): string => `${model.cell} ${sizeText(model)}`

/** Values that the widest layer shows at a step. */
export const widestLayer = (model: Shape): number =>
  Math.max(...layerSizes(model)) * (model.bidirectional ? 2 : 1)
