// One signal of one layer and direction over a validation image, a value per unit and pixel, for both tasks on images.
import { UnrollError } from '../../contract/errors.ts'
import type { ImageSignals } from '../../contract/inspect.ts'
import { grayImageOf } from '../generation/images.ts'
import { imageDataOf, validationImage } from '../tasks/images/image.ts'
import { imageOf, openReader, type TrainedModel } from './model.ts'
import { colourRange, layerAt, signalOf } from './signals.ts'
import { signalKey } from '../nn/model.ts'

/** The signal and image to inspect. */
export interface ImageInspection {
  /** Index of a validation image. */
  picture: number
  layer: number
  /** Index of a scan direction; 0 is from the upper left. */
  direction: number
  signal: string
}

/** The values (units, R, C) of a signal over an image; throws E_ARG if the model reads no images, and for an unknown layer, direction or signal. */
export function inspectImage(model: TrainedModel, request: ImageInspection): ImageSignals {
  const network = imageOf(model)
  const { layer, direction, picture } = request
  const signal = signalOf(network, request.signal)
  const { scans, hidden: units } = layerAt(network, layer)
  const scan = scans[direction]
  if (!scan)
    throw new UnrollError('E_ARG', `direction: ${direction} is not one of 0..${scans.length - 1}.`, {
      path: 'direction',
    })
  const data = imageDataOf(model.config)
  const { size, levels } = data
  const { pixels } = validationImage(data, picture)
  const executable = openReader(model, {
    extent: [size, size],
    outputs: false,
    watch: (path, id) => path === scan.path && id === signal.id,
  })
  try {
    executable.write('pixels', pixels)
    executable.run({ seed: [0, 0], step: 0 })
    const recorded = executable.read(signalKey({ index: layer }, signal.id))
    const places = size * size
    const values = Float32Array.from(
      { length: places * units },
      (_, i) => recorded[(i % places) * units + Math.floor(i / places)]!,
    )
    return {
      picture: { rows: size, columns: size, levels, pictures: [grayImageOf(pixels, 0, 1)] },
      layer,
      signal: signal.id,
      direction,
      directions: scans.map(({ corner }) => corner.id),
      units,
      values,
      ...colourRange(signal, values),
      step: model.step,
    }
  } finally {
    executable.dispose()
  }
}
