// The shape of a network as its configuration says it, for whoever lays it out or names it. Nothing else reads `hidden` and `layers`;
// a lint rule holds the others to layerSizes.
import { largest } from './longLists.ts'
import type { ModelConfig } from './config.ts'

/** What says a shape. */
export type Shape = Pick<ModelConfig, 'cell' | 'hidden' | 'layers'> &
  Partial<Pick<ModelConfig, 'bidirectional'>>

/** Units per layer from the bottom up: a list in `layers`, or `layers` times `hidden`. */
export const layerSizes = ({ hidden, layers }: Shape): number[] =>
  typeof layers === 'string' ? layers.split('/').map(Number) : Array<number>(layers).fill(hidden)

/** The option that says the units of the layers. */
export const unitsOption = ({ layers }: Pick<Shape, 'layers'>): string =>
  typeof layers === 'string' ? 'model.layers' : 'model.hidden'

/** The sizes in `model.layers`, as text, where they take the place of `model.hidden`. */
export const sizesInLayers = (model: { layers?: unknown }): string | undefined =>
  typeof model.layers === 'string' && model.layers.includes('/') ? model.layers.slice(0, 80) : undefined

/**
 * The model with its layer sizes said in one way, for comparing, searching and showing: `hidden` and a number of `layers` where all layers
 * have one size, else `hidden` is undefined.
 */
export function effectiveModel(model: Shape): object {
  const units = layerSizes(model)
  return units.every((n) => n === units[0])
    ? { ...model, hidden: units[0], layers: units.length }
    : { ...model, hidden: undefined }
}

/** `128`, `128x2`, `400/300/200`, with a double arrow when both directions are read. */
export function sizeText(model: Shape): string {
  const units = layerSizes(model)
  const alike = units.every((n) => n === units[0])
  const text = !alike ? units.join('/') : units.length > 1 ? `${units[0]}x${units.length}` : units[0]
  return `${model.bidirectional ? '↔' : ''}${text}`
}

/** `lstm 128x2`: cell and sizes. */
export const modelText = (model: Shape): string => `${model.cell} ${sizeText(model)}`

/** Output size of the widest layer at a step. */
export const widestLayer = (model: Shape): number =>
  largest(layerSizes(model)) * (model.bidirectional ? 2 : 1)
