// Shared by the tasks on generated images (pixel model, classification): sizes, batches, restricted options. Training images are drawn anew
// for every update; validation images are the same in all runs with the same data.
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
import { drawTexture, textureKinds, type RandomNumbers, type TextureKind } from './textures.ts'

/** Images that count as one epoch, for the schedule and the curves. */
export const imagesPerEpoch = 1000
const streams = { train: 0x696d6731, validation: 0x696d6732 }
/** Seed of the validation images, independent of the run's seed. */
const validationSeed = [0x56616c69, 0] as const
/** Validation: number of program runs, and images per run. */
export const validation = { runs: 2, images: 64 }

/** The data of a configuration whose task reads images. */
export const imageDataOf = ({ data }: Pick<RunConfig, 'data'>): ImageData => data as unknown as ImageData

/** Names of the classes; throws E_CONFIG_DATA for a texture with a single class. */
export function classesOf({ texture }: ImageData): readonly string[] {
  if (texture === 'mixed') return textureKinds
  if (texture === 'digits') return Array.from({ length: 10 }, (_, i) => String(i))
  throw new UnrollError(
    'E_CONFIG_DATA',
    `data.texture: ${texture} has a single class; take mixed (classes are textures) or digits (classes are digits).`,
    { path: 'data.texture' },
  )
}

/** The network that a configuration of images describes. Throws E_CONFIG_*. */
export const imageNetwork = (
  { data, model, regularization }: ConfigOf<ImageData>,
  { outputs, causal }: { outputs: number; causal: boolean },
): ImageNetwork => imageNetworkOf(model, { levels: data.levels, outputs, causal }, regularization)

/** The part of the row shared by both tasks. */
export const imageRow = {
  reads: 'images',
  traits: { symbols: [], gradient: [] },
  allowed: [
    { path: 'train.bptt', values: ['full'], why: 'an image is one sequence, trained by full backpropagation' },
    { path: 'train.loss', values: ['auto', 'crossentropy'], why: 'the loss of images is the cross-entropy of gray levels or classes' },
    { path: 'model.bidirectional', values: [false], why: 'an image has no single end; set model.options.directions instead' },
    { path: 'model.subsample', values: [1], why: 'image networks are not subsampled' },
    { path: 'model.hiddenReadout', values: [0], why: 'the output layer of an image network has no hidden layer before it' },
    { path: 'regularization.embeddingDropout', values: [0], why: 'there are too few gray levels to drop embeddings; set regularization.dropout instead' },
    { path: 'regularization.recurrentDropout', values: [0], why: 'two-dimensional cells have no recurrent dropout; set regularization.dropout instead' },
    { path: 'regularization.zoneout', values: [0], why: 'a position of an image has two previous states, not one; set regularization.dropout instead' },
  ], // prettier-ignore
  dataSummary: ({ texture, size }: ImageData) => `${texture} ${size}x${size}`,
  validates: () => true,
  imageSize: ({ size }: ImageData) => size,
  gradient: () =>
    'The gradient of the loss at the last position of a scan with respect to the hidden states, back to the corner where the scan starts. A step is an anti-diagonal: all positions at the same distance from that corner, as one vector.',
  minPositions: ({ data }: ConfigOf<ImageData>) => data.size * data.size,
} as const

/** The training graph: the loss with the penalties of the trace. */
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

/** A generated image: gray levels (R * C, row by row) and its class. */
export interface LabelledImage {
  pixels: Uint8Array
  /** Index into classesOf; without meaning for textures without classes. */
  label: number
}

/** Draws an image of the configured texture. */
export function drawImage(data: ImageData, chance: RandomNumbers): LabelledImage {
  const { texture } = data
  const which = texture === 'mixed' ? chance.below(textureKinds.length) : textureKinds.indexOf(texture)
  const kind = textureKinds[which] as TextureKind
  const digit = kind === 'digits' ? chance.below(10) : 0
  return { pixels: drawTexture(kind, data, chance, digit), label: texture === 'digits' ? digit : which }
}

/** Validation image `index`, the same in every run. */
export const validationImage = (data: ImageData, index: number): LabelledImage =>
  drawImage(data, randomStream({ seed: validationSeed, step: index }, streams.validation))

/** Number of training images whose gray levels are counted. */
const countedImages = 64

/** The gray levels of some training images. */
export function trainingLevels({ data, seed }: ConfigOf<ImageData>): Uint8Array {
  const chance = randomStream({ seed: seedWords(seed), step: 0 }, streams.train)
  const drawn = Array.from({ length: countedImages }, () => [...drawImage(data, chance).pixels])
  return Uint8Array.from(drawn.flat())
}

/** Buffers for `count` images in the layout of the graph, pixels (R, C, B) and labels (B), with functions that fill them. */
export function imageBatch(data: ImageData, count: number) {
  const pixels = new Float64Array(data.size * data.size * count)
  const labels = new Float64Array(count)
  const writeImage = (image: LabelledImage, column: number) => {
    image.pixels.forEach((level, i) => (pixels[i * count + column] = level))
    labels[column] = image.label
  }
  return {
    pixels,
    labels,
    /** Draws the training images of update `step`. */
    train(seed: number, step: number): void {
      const chance = randomStream({ seed: seedWords(seed), step }, streams.train)
      for (let b = 0; b < count; b++) writeImage(drawImage(data, chance), b)
    },
    /** Writes the validation images from index `from` on. */
    validate(from: number): void {
      for (let b = 0; b < count; b++) writeImage(validationImage(data, from + b), b)
    },
  }
}
