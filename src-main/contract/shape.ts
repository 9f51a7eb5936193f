// The shape of a network as its configuration says it, for whoever lays it out or names it. Nothing else reads `hidden`, `layers` and `sizes`;
// a lint rule holds the others to layerSizes.
import { largest } from './longLists.ts'
import type { ModelConfig } from './config.ts'

/** What it takes; older records lack `sizes`. */
export type Shape = Pick<ModelConfig, 'cell' | 'hidden' | 'layers'> &
  Partial<Pick<ModelConfig, 'sizes' | 'bidirectional'>>

/** Units per layer from the bottom up, from `sizes` or from `hidden` and `layers`. */
export const layerSizes = ({ sizes, hidden, layers }: Shape): number[] =>
  sizes ? sizes.split('/').map(Number) : Array<number>(layers).fill(hidden)

/** Which options say the sizes: `count` that of the number of layers, `units` that of their units; `names` and `oneLayer` for advice. */
export const sizeOptions = ({ sizes }: Pick<Shape, 'sizes'>) =>
  sizes
    ? { count: 'model.sizes', units: 'model.sizes', names: 'sizes', oneLayer: 'give one size' }
    : { count: 'model.layers', units: 'model.hidden', names: 'hidden, layers', oneLayer: 'set layers to 1' }

/** `model.sizes` where it takes the place of the options `hidden` and `layers`, as text. */
export const sizesInstead = (model: { sizes?: unknown }): string | undefined =>
  model.sizes ? String(model.sizes).slice(0, 80) : undefined

/**
 * The model with its layer sizes said in one way, for comparing, searching and showing: `hidden` and `layers` where all layers are alike,
 * else `sizes`. Members that do not apply are undefined.
 */
export function effectiveModel(model: Shape): object {
  const units = layerSizes(model)
  return units.every((n) => n === units[0])
    ? { ...model, hidden: units[0], layers: units.length, sizes: undefined }
    : { ...model, hidden: undefined, layers: undefined }
}

/** `128`, `128x2`, `400/300/200`, with a double arrow when both directions are read. */
export function sizeText(model: Shape): string {
  const units = layerSizes(model)
  const alike = units.every((n) => n === units[0])
  const text = !alike ? units.join('/') : units.length > 1 ? `${units[0]}x${units.length}` : units[0]
  return `${model.bidirectional ? '↔' : ''}${text}`
}

/** `lstm 128x2`: the network in two words. */
export const modelText = (model: Shape): string => `${model.cell} ${sizeText(model)}`

/** Values that the widest layer shows at a step. */
export const widestLayer = (model: Shape): number =>
  largest(layerSizes(model)) * (model.bidirectional ? 2 : 1)
