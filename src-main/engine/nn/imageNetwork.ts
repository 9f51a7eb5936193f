// A network over images as a value: input layer, layers that scan the image from several corners, readout, all weights by name. Its
// traces are in imageTrace.ts; here are no graph nodes and no values.
import type { ModelConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { layerSizes } from '../../contract/shape.ts'
import { uniformOver, type Weight } from '../cells/cell.ts'
import type { ImageCell, ScanOptions } from '../cells/imageCell.ts'
import { cellOptions, imageCellById } from '../cells/index.ts'
import { embeddingStart } from './initialise.ts'
import { noRegularisers, type Regularisers } from './regularise.ts'

/** The corner that a scan starts from is its upper left after mirroring: `up` from the bottom, `left` from the right. */
export interface Direction {
  id: string
  up: boolean
  left: boolean
}

/** All corners; 1, 2 and 4 directions are the first ones. */
export const corners: readonly Direction[] = [
  { id: 'down-right', up: false, left: false },
  { id: 'down-left', up: false, left: true },
  { id: 'up-right', up: true, left: false },
  { id: 'up-left', up: true, left: true },
]

export interface ImageLayer {
  hidden: number
  /** Width of what it shows: its units, or those of all directions side by side. */
  shown: number
  /** Per direction: the prefix of its weights' names and the width of what it reads. */
  scans: readonly { direction: Direction; prefix: string; input: number }[]
}

export interface ImageNetwork {
  cell: ImageCell
  options: ScanOptions & Record<string, unknown>
  layers: readonly ImageLayer[]
  /** Gray levels, and the length of the vector of one level. */
  input: { kind: 'embedding' | 'onehot'; symbols: number; size: number }
  /**
   * True: a pixel's outputs depend on pixels before it in raster order only. The scan down-right reads the pixels to the left and above;
   * the scan down-left reads the pixel above and, in higher layers, the row above of the layer below.
   */
  causal: boolean
  output: { size: number }
  residual: boolean
  regular: Regularisers
  /** All weights in the order of a checkpoint. */
  weights: ReadonlyMap<string, Weight>
}

const refuse = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** What only makes sense along a sequence. */
function refuseSequential({ bidirectional, subsample, head }: ModelConfig, regular: Regularisers): void {
  if (bidirectional)
    throw refuse('model.bidirectional', 'an image has no single end; set model.options.directions instead.')
  if (subsample > 1) throw refuse('model.subsample', 'images are not subsampled here; set it to 1.')
  if (head > 0) throw refuse('model.head', 'the readout of an image network has no head; set it to 0.')
  if (regular.embeddingDropout > 0)
    throw refuse('train.embeddingDropout', 'gray levels are too few to leave some out; take train.dropout instead.') // prettier-ignore
  if (regular.recurrentDropout > 0)
    throw refuse('train.recurrentDropout', 'there is none along two dimensions; take train.dropout instead.')
  if (regular.zoneout > 0)
    throw refuse('train.zoneout', 'a place of an image has two old states, not one; take train.dropout instead.') // prettier-ignore
}

/** Lays a network out; throws E_CONFIG_UNKNOWN, E_CONFIG_RANGE and E_CONFIG_DATA. */
export function imageNetworkOf(
  model: ModelConfig,
  { levels, outputs, causal }: { levels: number; outputs: number; causal: boolean },
  regular: Regularisers = noRegularisers,
): ImageNetwork {
  refuseSequential(model, regular)
  const cell = imageCellById(model.cell)
  const options = cellOptions(cell, model.options) as unknown as ImageNetwork['options']
  const { directions, merge, tied } = options
  if (causal && directions === 4)
    throw refuse('model.options.directions', 'scans from below would see the pixels that are to be predicted; take 1 or 2.') // prettier-ignore
  if (causal && tied && directions > 1)
    throw refuse('model.options.tied', 'the directions of a pixel model read different neighbours; switch it off.') // prettier-ignore
  const size = model.input === 'onehot' ? levels : model.embedding
  const weights = new Map<string, Weight>()
  if (model.input === 'embedding') {
    const start = embeddingStart(model, false)
    weights.set('embedding.w', { shape: [levels, size], role: 'embedding', gates: 1, start })
  }
  const layers: ImageLayer[] = []
  for (const hidden of layerSizes(model)) {
    const below = layers.at(-1)
    const scans = corners.slice(0, directions).map((direction) => {
      const prefix = `layers.${layers.length}.${tied ? '' : `${direction.id}.`}`
      const neighbours = causal && !direction.left ? 2 : 1
      return { direction, prefix, input: below?.shown ?? neighbours * size }
    })
    for (const { prefix, input } of scans) {
      for (const [name, weight] of Object.entries(cell.weights({ input, hidden }, options)))
        if (weight) weights.set(`${prefix}${name}`, weight)
    }
    layers.push({ hidden, shown: merge === 'concat' ? directions * hidden : hidden, scans })
  }
  const top = layers.at(-1)!.shown
  const zero = { kind: 'blocks', values: [0] } as const
  weights.set('readout.w', { shape: [outputs, top], role: 'readout', gates: 1, start: uniformOver(top) })
  weights.set('readout.b', { shape: [outputs], role: 'bias', gates: 1, start: zero })
  return {
    cell,
    options,
    layers,
    input: { kind: model.input, symbols: levels, size },
    causal,
    output: { size: outputs },
    residual: model.residual,
    regular,
    weights,
  }
}
