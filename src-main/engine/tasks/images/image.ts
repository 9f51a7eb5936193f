// Generated images: a model of their pixels in reading order, or their classification. What both share: sizes, batches, refusals.
// Training images are drawn anew for every update; validation images are the same in all runs on the same data.
import { UnrollError } from '../../../contract/errors.ts'
import type { Node } from '../../graph/node.ts'
import { imageNetworkOf, type ImageNetwork } from '../../nn/imageNetwork.ts'
import { penalised } from '../../nn/trace.ts'
import { seedWords } from '../../nn/initialise.ts'
import type { ModelTrace } from '../../nn/model.ts'
import { randomStream } from '../../run/random.ts'
import type { StepGraph } from '../../nn/stepGraph.ts'
import type { RunConfig } from '../../../contract/config.ts'
import type { ConfigOf } from '../defineTask.ts'
import type { ImageData } from './data.ts'
import { drawTexture, textureKinds, type Chance, type TextureKind } from './textures.ts'

/** One epoch, for the schedule and the curves. */
export const imagesPerEpoch = 1000
const streams = { train: 0x696d6731, validation: 0x696d6732 }
/** Validation images do not hang on the run's seed. */
const validationSeed = [0x56616c69, 0] as const
/** In this many runs of that many images. */
export const validation = { runs: 2, images: 64 }

/** Data of a configuration whose task reads images. */
export const imageDataOf = ({ data }: Pick<RunConfig, 'data'>): ImageData => data as unknown as ImageData

/** Names of the classes; throws E_CONFIG_DATA for textures that have but one. */
export function classesOf({ texture }: ImageData): readonly string[] {
  if (texture === 'mixed') return textureKinds
  if (texture === 'digits') return Array.from({ length: 10 }, (_, i) => String(i))
  throw new UnrollError(
    'E_CONFIG_DATA',
    `data.texture: there is nothing to tell apart among ${texture}; take mixed (which texture?) or digits (which digit?).`,
    { path: 'data.texture' },
  )
}

/** The network that a configuration of images describes. Throws E_CONFIG_*. */
export const imageNetwork = (
  { data, model, regularization }: ConfigOf<ImageData>,
  { outputs, causal }: { outputs: number; causal: boolean },
): ImageNetwork => imageNetworkOf(model, { levels: data.levels, outputs, causal }, regularization)

/** What the rows of both tasks have in common. */
export const imageRow = {
  reads: 'images',
  traits: { symbols: [], gradient: [] },
  allowed: [
    { path: 'train.bptt', values: ['full'], why: 'an image is one whole' },
    { path: 'train.loss', values: ['auto', 'crossentropy'], why: 'images are learnt with the cross-entropy of gray levels or classes' },
    { path: 'model.bidirectional', values: [false], why: 'an image has no single end; set model.options.directions instead' },
    { path: 'model.subsample', values: [1], why: 'images are not subsampled here' },
    { path: 'model.hiddenReadout', values: [0], why: 'the output layer of an image network has no hidden layer before it' },
    { path: 'regularization.embeddingDropout', values: [0], why: 'gray levels are too few to leave some out; set regularization.dropout instead' },
    { path: 'regularization.recurrentDropout', values: [0], why: 'there is none along two dimensions; set regularization.dropout instead' },
    { path: 'regularization.zoneout', values: [0], why: 'a place of an image has two old states, not one; set regularization.dropout instead' },
  ], // prettier-ignore
  dataInWords: ({ texture, size }: ImageData) => `${texture} ${size}x${size}`,
  validates: () => true,
  imageSize: ({ size }: ImageData) => size,
  gradient: () =>
    'The gradient of the loss at the place that a scan comes to last, by the hidden states, followed back to the corner it starts from. A step is an anti-diagonal: all places equally far from that corner, as one vector.',
  positions: ({ data }: ConfigOf<ImageData>) => data.size * data.size,
} as const

/** What is trained: the loss with its penalty. */
export const trainedGraph = (
  network: ImageNetwork,
  trace: ModelTrace,
  loss: Node,
  logits: Node,
): StepGraph => ({
  loss: penalised(loss, trace),
  outputs: [logits],
  carry: [],
  traced: [{ network, trace }],
})

export interface Drawn {
  pixels: Uint8Array
  /** Index into classesOf, where there are classes. */
  label: number
}

/** One image of the configured kind. */
export function drawImage(data: ImageData, chance: Chance): Drawn {
  const { texture } = data
  const which = texture === 'mixed' ? chance.below(textureKinds.length) : textureKinds.indexOf(texture)
  const kind = textureKinds[which] as TextureKind
  const digit = kind === 'digits' ? chance.below(10) : 0
  return { pixels: drawTexture(kind, data, chance, digit), label: texture === 'digits' ? digit : which }
}

/** Validation image number `index`, the same in every run. */
export const validationImage = (data: ImageData, index: number): Drawn =>
  drawImage(data, randomStream({ seed: validationSeed, step: index }, streams.validation))

/** Room for `count` images in the layout of the graph: pixels (R, C, B), labels (B). */
export function imageBatch(data: ImageData, count: number) {
  const pixels = new Float64Array(data.size * data.size * count)
  const labels = new Float64Array(count)
  const put = (image: Drawn, column: number) => {
    image.pixels.forEach((level, i) => (pixels[i * count + column] = level))
    labels[column] = image.label
  }
  return {
    pixels,
    labels,
    /** Fresh images of update `step`. */
    train(seed: number, step: number): void {
      const chance = randomStream({ seed: seedWords(seed), step }, streams.train)
      for (let b = 0; b < count; b++) put(drawImage(data, chance), b)
    },
    /** Validation images from number `from` on. */
    validate(from: number): void {
      for (let b = 0; b < count; b++) put(validationImage(data, from + b), b)
    },
  }
}
