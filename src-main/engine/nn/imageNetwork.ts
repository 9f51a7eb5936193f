// The layout of a network over images: input layer, layers that scan the image from several corners, output layer, all weights by name.
// imageTrace.ts builds its graph; this file has no graph nodes and no weight values.
import type { ModelConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { LayerPath, ScanDirection } from '../../contract/layerPath.ts'
import { layerSizes } from '../../contract/shape.ts'
import { uniformOver, type Weight } from '../cells/cell.ts'
import type { ImageCell, ScanOptions } from '../cells/imageCell.ts'
import { cellOptions, imageCellById } from '../cells/index.ts'
import { embeddingStart } from './initialise.ts'
import { weightPrefix, type LayerScan, type Model, type ModelLayer } from './model.ts'
import { noRegularisers, type Regularisers } from './regularise.ts'

/** The corner that a scan starts from. `up`: it starts at the bottom; `left`: at the right. */
export interface Corner {
  id: ScanDirection
  up: boolean
  left: boolean
}

/** All corners; 1, 2 or 4 directions use the first of them. */
export const corners: readonly Corner[] = [
  { id: 'down-right', up: false, left: false },
  { id: 'down-left', up: false, left: true },
  { id: 'up-right', up: true, left: false },
  { id: 'up-left', up: true, left: true },
]

export interface ImageScan extends LayerScan {
  corner: Corner
  /** Input size. */
  input: number
}

export interface ImageLayer extends ModelLayer {
  scans: readonly ImageScan[]
}

export interface ImageNetwork extends Model {
  kind: 'image'
  cell: ImageCell
  options: ScanOptions & Record<string, unknown>
  layers: readonly ImageLayer[]
  /** The symbols are gray levels. */
  input: Exclude<Model['input'], { kind: 'dense' }>
  /**
   * Whether the outputs of a pixel depend on earlier pixels in raster order only. The scan down-right then reads the pixels to the left and
   * above; the scan down-left reads the pixel above and, in higher layers, the row above of the layer below.
   */
  causal: boolean
  residual: boolean
}

export const isImageNetwork = (model: Model): model is ImageNetwork => model.kind === 'image'

const refuse = (path: string, message: string) =>
  new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })

/** Throws E_CONFIG_DATA for options that apply to sequences only. */
function refuseSequential(
  { bidirectional, subsample, hiddenReadout }: ModelConfig,
  regular: Regularisers,
): void {
  if (bidirectional)
    throw refuse('model.bidirectional', 'an image has no single end; set model.options.directions instead.')
  if (subsample > 1) throw refuse('model.subsample', 'images are not subsampled here; set it to 1.')
  if (hiddenReadout > 0)
    throw refuse(
      'model.hiddenReadout',
      'the output layer of an image network has no hidden layer before it; set it to 0.',
    )
  if (regular.embeddingDropout > 0)
    throw refuse(
      'regularization.embeddingDropout',
      'gray levels are too few to leave some out; take regularization.dropout instead.',
    )
  if (regular.recurrentDropout > 0)
    throw refuse(
      'regularization.recurrentDropout',
      'there is none along two dimensions; take regularization.dropout instead.',
    )
  if (regular.zoneout > 0)
    throw refuse(
      'regularization.zoneout',
      'a place of an image has two old states, not one; take regularization.dropout instead.',
    )
}

/** The layout of an image network. Throws E_CONFIG_UNKNOWN, E_CONFIG_RANGE and E_CONFIG_DATA. */
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
    throw refuse(
      'model.options.directions',
      'scans from below would see the pixels that are to be predicted; take 1 or 2.',
    )
  if (causal && tied && directions > 1)
    throw refuse(
      'model.options.tied',
      'the directions of a pixel model read different neighbours; switch it off.',
    )
  const size = model.input === 'onehot' ? levels : model.embedding
  const weights = new Map<string, Weight>()
  if (model.input === 'embedding') {
    const start = embeddingStart(model, false)
    weights.set('embedding.w', { shape: [levels, size], role: 'embedding', gates: 1, initializer: start })
  }
  const layers: ImageLayer[] = []
  for (const hidden of layerSizes(model)) {
    const below = layers.at(-1)
    const index = layers.length
    const scans = corners.slice(0, directions).map((corner): ImageScan => {
      const path: LayerPath = { index, direction: corner.id }
      const neighbours = causal && !corner.left ? 2 : 1
      const input = below?.outputSize ?? neighbours * size
      return { path, owner: tied ? { index } : path, corner, input }
    })
    for (const { owner, input } of scans) {
      for (const [name, weight] of Object.entries(cell.weights({ input, hidden }, options)))
        if (weight) weights.set(`${weightPrefix(owner)}${name}`, weight)
    }
    layers.push({ hidden, outputSize: merge === 'concat' ? directions * hidden : hidden, scans })
  }
  const features = layers.at(-1)!.outputSize
  const zero = { kind: 'blocks', values: [0] } as const
  weights.set('readout.w', {
    shape: [outputs, features],
    role: 'readout',
    gates: 1,
    initializer: uniformOver(features),
  })
  weights.set('readout.b', { shape: [outputs], role: 'bias', gates: 1, initializer: zero })
  return {
    kind: 'image',
    cell,
    options,
    layers,
    input:
      model.input === 'onehot'
        ? { kind: 'onehot', symbols: levels }
        : { kind: 'embedding', symbols: levels, size },
    causal,
    output: { size: outputs },
    residual: model.residual,
    regular,
    weights,
  }
}
