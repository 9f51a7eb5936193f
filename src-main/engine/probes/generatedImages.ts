// Generates images with a trained pixel model, from nothing or as completions of the upper rows of validation images.
import { UnrollError } from '../../contract/errors.ts'
import type { GeneratedImages } from '../../contract/inspect.ts'
import { compile } from '../compile/compile.ts'
import { imageDataOf, validationImage } from '../tasks/images/image.ts'
import { taskFacts } from '../tasks/index.ts'
import { isImageNetwork } from '../nn/imageNetwork.ts'
import { weightNodes } from '../nn/weights.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { grayImageOf, pixelReader, sampleImages } from '../generation/images.ts'

/** Options of generated images. */
export interface GenerateOptions {
  count: number
  /** 0 takes the most probable gray level. */
  temperature: number
  /** Number of given upper rows, at most all, taken from validation images `picture`, `picture` + 1 ...; 0: none. */
  rows: number
  picture: number
  seed: number
}

/** Generates images, gray levels (R, C) each; throws E_ARG if the model is not a pixel model. */
export function generateImages(model: TrainedModel, options: GenerateOptions): GeneratedImages {
  const { network, config } = model
  if (!isImageNetwork(network) || !network.causal) {
    const { title } = taskFacts(config)
    const message = `sample: the task of this run is ${title.toLowerCase()}, which generates no images. Choose a run of a pixel model.`
    throw new UnrollError('E_ARG', message, { path: 'id' })
  }
  const data = imageDataOf(config)
  const { size, levels } = data
  const { count, picture, seed, temperature } = options
  const rows = Math.min(size, options.rows)
  const originals = Array.from(
    { length: rows > 0 ? count : 0 },
    (_, b) => validationImage(data, picture + b).pixels,
  )
  const given = Array.from({ length: count }, (_, b) =>
    rows > 0 ? { pixels: originals[b]!, rows } : undefined,
  )
  const { outputs, carry } = pixelReader(network, weightNodes(network), size, count)
  const executable = withWeights(model, compile({ outputs, updates: carry }))
  try {
    const drawn = sampleImages(executable, { size, levels, given, seed, temperature })
    const from = { seed, step: model.step }
    if (rows === 0) return { drawn, ...from }
    const pictures = originals.map((pixels) => grayImageOf(pixels, 0, 1))
    return { drawn, originals: { ...drawn, pictures }, ...from }
  } finally {
    executable.dispose()
  }
}
