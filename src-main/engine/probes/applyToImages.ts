// What a trained network answers to new images, scaled to the size of its own, or to one of its held-out images. It refuses tasks without the
// ability `applies: 'images'`.
import type { AnsweredImage, AppliedImages } from '../../contract/applyImages.ts'
import { shownImages } from '../../contract/applyImages.ts'
import { UnrollError } from '../../contract/errors.ts'
import { compile } from '../compile/compile.ts'
import type { Text } from '../data/source.ts'
import { largestFirst } from '../generation/sample.ts'
import { imagesOfFile } from '../imports/images/newImages.ts'
import { resized, type GrayPixels } from '../imports/images/pixels.ts'
import { weightNodes } from '../nn/weights.ts'
import type { FilterTest } from '../tasks/imageRows/filterTest.ts'
import { pictureOf, picturesOf } from '../tasks/imageRows/shown.ts'
import { filterTestOf, taskFacts } from '../tasks/index.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { runStep } from './stepStates.ts'

/** Images that are read at once. */
const columns = 64
/** Images of all files, at most. */
const mostImages = 100_000

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

interface Input {
  files: readonly { name: string; bytes: Uint8Array }[]
  example?: number | undefined
  invert: boolean
  top?: number | undefined
  data(): Text
}

/** Throws E_ARG for another task or no image; E_DATA_FORMAT with the name of a file that is no image. */
export function applyToImages(
  model: TrainedModel,
  { files, example, invert, top, data }: Input,
): AppliedImages {
  const test = filterTestOf(model.config, data())
  if (!test)
    throw refuse(
      'id',
      `the task of this run is ${taskFacts(model.config).title.toLowerCase()}, which classifies no images of yours. Choose a run that reads images row by row.`,
    )
  const given = example === undefined ? imagesOf(files) : [heldOut(test, example)]
  const read = given.map(({ image }) => pixelsFor(test, image, invert))
  const program = compile({ outputs: test.outputs(model.network, weightNodes(model.network), columns) })
  const executable = withWeights(model, program)
  const { classes } = test
  try {
    const images: AnsweredImage[] = []
    for (let from = 0; from < read.length; from += columns) {
      const some = read.slice(from, from + columns)
      test.write(executable, some)
      runStep(executable)
      const p = executable.read('p')
      some.forEach((_, b) => {
        const own = Array.from(p.subarray(b * classes.length, (b + 1) * classes.length))
        const { name, image } = given[from + b]!
        const ids = largestFirst(own, top ?? classes.length)
        const answer = ids.map((id) => ({ name: classes[id]!, probability: own[id]! }))
        images.push({ name, rows: image.rows, columns: image.columns, classes: answer })
      })
    }
    const pictures = images.slice(0, shownImages).map(({ classes: [best] }, i) => ({
      ...pictureOf(read[i]!),
      caption: `${best!.name} (${Math.round(100 * best!.probability)} %)`,
    }))
    return {
      step: model.step,
      images,
      pictures: picturesOf(test.rows, test.columns, pictures),
      expected: example === undefined ? null : test.classes[test.image(example).label]!,
    }
  } finally {
    executable.dispose()
  }
}

interface NamedImage {
  name: string
  image: GrayPixels
}

function imagesOf(files: Input['files']): NamedImage[] {
  if (files.length === 0) throw refuse('files', 'there is no image. Give one or more files.')
  const all = files.flatMap(({ name, bytes }) => {
    const images = imagesOfFile(bytes, name)
    return images.map((image, i) => ({ name: images.length === 1 ? name : `${name} ${i + 1}`, image }))
  })
  if (all.length > mostImages)
    throw refuse(
      'files',
      `${all.length.toLocaleString('en')} images; at most ${mostImages.toLocaleString('en')} are read at once.`,
    )
  return all
}

function heldOut(test: FilterTest, example: number): NamedImage {
  if (example >= test.count)
    throw refuse('example', `there is no held-out image ${example}; the run has ${test.count}, from 0 on.`)
  const { pixels } = test.image(example)
  return { name: `held-out image ${example}`, image: { rows: test.rows, columns: test.columns, pixels } }
}

/** The gray levels of an image as the run reads them: of its size, and inverted if asked. */
function pixelsFor({ rows, columns: width }: FilterTest, image: GrayPixels, invert: boolean): Uint8Array {
  const { pixels } = resized(image, rows, width)
  return invert ? pixels.map((level) => 255 - level) : pixels
}
