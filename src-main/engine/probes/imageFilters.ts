// The answers of a network to held-out images under filters: the accuracy for each filter and strength, and one image as an example. It refuses
// tasks without the ability `filters`.
import { UnrollError } from '../../contract/errors.ts'
import { imageFilters, type FilterTable } from '../../contract/imageFilters.ts'
import { compile } from '../compile/compile.ts'
import type { Text } from '../data/source.ts'
import { largestFirst } from '../generation/sample.ts'
import { weightNodes } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'
import type { FilterTest } from '../tasks/imageRows/filterTest.ts'
import { filtered } from '../tasks/imageRows/filters.ts'
import { pictureOf, picturesOf } from '../tasks/imageRows/shown.ts'
import { filterTestOf, taskFacts } from '../tasks/index.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { runStep } from './stepStates.ts'

/** Images that are read at once. */
const columns = 64

interface Answer {
  label: number
  probability: number
}

/** Throws E_ARG for another task and for an example that there is not; E_CANCELLED. */
export function filterAnswers(
  model: TrainedModel,
  { example, images, data }: { example: number; images: number; data(): Text },
): FilterTable {
  const test = filterTestOf(model.config, data())
  if (!test)
    throw new UnrollError(
      'E_ARG',
      `id: the task of this run is ${taskFacts(model.config).title.toLowerCase()}, which has no held-out images for filters. Choose a run that classifies images row by row.`,
      { path: 'id' },
    )
  if (example >= test.count)
    throw new UnrollError(
      'E_ARG',
      `example: there is no held-out image ${example}; the run has ${test.count}, from 0 on.`,
      { path: 'example' },
    )
  const read = Math.min(images, test.count)
  const tests = [
    undefined,
    ...imageFilters.flatMap(({ id, strengths }) => strengths.map((strength) => ({ id, strength }))),
  ]
  const executable = withWeights(
    model,
    compile({ outputs: test.outputs(model.network, weightNodes(model.network), columns) }),
  )
  const pictures = tests.map((filter) => under(test, filter, example))
  try {
    const results = tests.map((filter, done) => {
      let right = 0
      for (let from = 0; from < read; from += columns) {
        const indices = Array.from({ length: Math.min(columns, read - from) }, (_, i) => from + i)
        const answers = answersTo(
          executable,
          test,
          indices.map((i) => under(test, filter, i)),
        )
        right += indices.filter((index, i) => answers[i]!.label === test.image(index).label).length
        model.control?.progress?.(done * read + from + indices.length, tests.length * read)
      }
      return right / read
    })
    const shown = pictures.map((pixels) => answersTo(executable, test, [pixels])[0]!)
    const named = (at: number) => ({
      answer: test.classes[shown[at]!.label]!,
      probability: shown[at]!.probability,
    })
    let at = 0
    return {
      images: read,
      accuracy: results[0]!,
      majority: test.majority,
      example: { index: example, expected: test.classes[test.image(example).label]!, ...named(0) },
      filters: imageFilters.map(({ id, strengths }) => ({
        id,
        cells: strengths.map((strength) => ({ strength, accuracy: results[++at]!, ...named(at) })),
      })),
      pictures: picturesOf(test.rows, test.columns, pictures.map(pictureOf)),
      step: model.step,
    }
  } finally {
    executable.dispose()
  }
}

/** Held-out image `index` under a filter; as it is without one. */
function under(
  test: FilterTest,
  filter: { id: (typeof imageFilters)[number]['id']; strength: number } | undefined,
  index: number,
): Uint8Array {
  const { pixels } = test.image(index)
  return filter ? filtered(filter.id, filter.strength, { ...test, pixels }, index) : pixels
}

/** The likeliest class of each image. */
function answersTo(executable: Executable, test: FilterTest, images: readonly Uint8Array[]): Answer[] {
  test.write(executable, images)
  runStep(executable)
  const p = executable.read('p')
  const { length } = test.classes
  return images.map((_, b) => {
    const own = Float64Array.from(p.subarray(b * length, (b + 1) * length))
    const label = largestFirst(own, 1)[0]!
    return { label, probability: own[label]! }
  })
}
