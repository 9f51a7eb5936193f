// The layer sizes of a configuration's network, for its layout and for names. No other file reads `hidden` and `layers`, which a lint rule
// enforces.
import { largest } from './longLists.ts'
import type { ModelConfig } from './config.ts'

/** The options that determine the layer sizes. */
export type Shape = Pick<ModelConfig, 'cell' | 'hidden' | 'layers'> &
  Partial<Pick<ModelConfig, 'bidirectional'>>

/** Units per layer from the bottom up: a list in `layers`, or `layers` times `hidden`. */
export const layerSizes = ({ hidden, layers }: Shape): number[] =>
  typeof layers === 'string' ? layers.split('/').map(Number) : Array<number>(layers).fill(hidden)

/** The option that sets the sizes of the layers. */
export const unitsOption = ({ layers }: Pick<Shape, 'layers'>): string =>
  typeof layers === 'string' ? 'model.layers' : 'model.hidden'

/** The list of sizes in `model.layers`, which replaces `model.hidden`, truncated to 80 characters; undefined if it is a number. */
export const sizesInLayers = (model: { layers?: unknown }): string | undefined =>
  typeof model.layers === 'string' && model.layers.includes('/') ? model.layers.slice(0, 80) : undefined

/**
 * The model with its layer sizes in canonical form, for comparison, search and display: `hidden` and a number of `layers` if all layers have
 * the same size, otherwise a list of `layers` and no `hidden`.
 */
export function effectiveModel(model: Shape): object {
  const units = layerSizes(model)
  return units.every((n) => n === units[0])
    ? { ...model, hidden: units[0], layers: units.length }
    : { ...model, hidden: undefined }
}

/** `128`, `128x2`, `400/300/200`, with a double arrow for bidirectional networks. */
export function sizeText(model: Shape): string {
  const units = layerSizes(model)
  const alike = units.every((n) => n === units[0])
  const text = !alike ? units.join('/') : units.length > 1 ? `${units[0]}x${units.length}` : units[0]
  return `${model.bidirectional ? '↔' : ''}${text}`
}

/** `lstm 128x2`: cell and sizes. */
export const modelText = (model: Shape): string => `${model.cell} ${sizeText(model)}`

/** Output size of the widest layer, in units. */
export const widestLayer = (model: Shape): number =>
  largest(layerSizes(model)) * (model.bidirectional ? 2 : 1)
