// One signal of one layer and direction over a validation picture: a value per unit and pixel, for models of pixels and of classes.
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { PictureSignals } from '../../contract/inspect.ts'
import { compile } from '../compile/compile.ts'
import { imageData, validationImage } from '../tasks/images/image.ts'
import { input } from '../graph/ops.ts'
import { corners, type ImageNetwork } from '../nn/imageNetwork.ts'
import { traceImage } from '../nn/imageTrace.ts'
import { weightNodes } from '../nn/weights.ts'
import { robustBound } from './grid.ts'
import { withWeights, type Model } from './model.ts'

export interface PictureLook {
  /** Number of a validation picture. */
  picture: number
  layer: number
  /** 0 is down-right. */
  direction: number
  signal: string
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** Throws E_ARG when the model reads no images, or on an unknown layer, direction or signal. */
export function inspectPicture(model: Model, look: PictureLook): PictureSignals {
  const { grid, config } = model
  if (!grid) throw refuse('id', `this run learnt ${config.data.kind}, not images. Choose a run on images.`)
  const { layer, direction, picture } = look
  const signal = signalOf(grid, look.signal)
  const directions = corners.slice(0, grid.options.directions).map(({ id }) => id)
  const own = grid.layers[layer]
  if (!own) throw refuse('layer', `${layer} is not one of 0..${grid.layers.length - 1}.`)
  const from = directions[direction]
  if (!from) throw refuse('direction', `${direction} is not one of 0..${directions.length - 1}.`)
  const data = imageData(config)
  const { size } = data
  const { pixels } = validationImage(data, picture)
  const { signals } = traceImage(grid, weightNodes(grid), input('pixels', [size, size, 1]), {
    watch: (l, id) => l === layer && id === signal.id,
  })
  const program = compile({ outputs: { seen: signals.get(`${layer}.${from}.${signal.id}`)! } })
  const executable = withWeights(model, program)
  try {
    executable.write('pixels', pixels)
    executable.run({ seed: [0, 0], step: 0 })
    const seen = executable.read('seen')
    const places = size * size
    const values = Float32Array.from({ length: places * own.hidden }, (_, i) => seen[(i % places) * own.hidden + Math.floor(i / places)]!) // prettier-ignore
    const bound = signal.kind === 'free' ? robustBound(values) : 1
    const shown = { pixels: Array.from(pixels, (level) => level.toString(16)).join('') }
    return {
      picture: { rows: size, columns: size, levels: data.levels, pictures: [shown] },
      layer,
      signal: signal.id,
      direction,
      directions,
      units: own.hidden,
      values,
      lo: signal.kind === 'gate' ? 0 : -bound,
      hi: bound,
      step: model.step,
    }
  } finally {
    executable.dispose()
  }
}

function signalOf({ cell }: ImageNetwork, id: string) {
  const signal = cell.signals.find((s) => s.id === id)
  if (signal) return signal
  const ids = cell.signals.map((s) => s.id)
  const near = nearest(id, ids)
  const hint = near ? `did you mean ${near}?` : `it has ${ids.join(', ')}.`
  throw refuse('signal', `a ${cell.title} has no "${id}"; ${hint}`)
}
