// Held-out examples and the saliency of their inputs in the stand-in: small answers of the right shape, for runs that read series or images.
import { UnrollError } from '../../src-main/contract/errors.ts'
import { imageFilters } from '../../src-main/contract/imageFilters.ts'
import type { GrayImages, RunId, RunRow } from '../../src-main/contract/run.ts'
import type { ExampleAnswer } from '../../src-main/contract/saliency.ts'
import type { Handlers } from './app.ts'

const examples = 128
const answerTo = (example: number): ExampleAnswer => ({
  example,
  input: `example ${example}`,
  expected: 'odd',
  predicted: example % 5 === 0 ? 'even (60 %)' : 'odd (90 %)',
  right: example % 5 !== 0,
  loss: example % 5 === 0 ? 0.9 : 0.1,
})

/** `imageOf`: the image of a number. */
export function saliencyAnswers(find: (id: RunId) => RunRow, imageOf: (example: number) => GrayImages) {
  const able = (id: RunId) => {
    const run = find(id)
    const { saliency } = run.task.abilities
    if (saliency) return { ...run, saliency }
    throw new UnrollError('E_ARG', `id: run ${run.name} has no held-out series or images.`, { path: 'id' })
  }
  return {
    'inspect.examples': ({ id, example, read, top, wrong, order, step }) => {
      const run = able(id)
      const all = Array.from({ length: Math.min(read, examples - example) }, (_, i) => answerTo(example + i))
      const rows = all.filter(({ right }) => !wrong || !right)
      if (order === 'loss') rows.sort((a, b) => b.loss - a.loss)
      const mistakes = all.filter(({ right }) => !right).length
      return { rows: rows.slice(0, top), examples, read: all.length, wrong: mistakes, step: step ?? run.step }
    },
    'inspect.filters': ({ id, example, images, step }) => {
      const run = find(id)
      if (!run.task.abilities.filters) throw new UnrollError('E_ARG', `id: run ${run.name} has no held-out images for filters.`, { path: 'id' })
      const image = imageOf(example)
      const answered = { answer: 'odd', probability: 0.9 }
      return {
        images,
        accuracy: 0.9,
        majority: 0.5,
        example: { index: example, expected: 'odd', ...answered },
        filters: imageFilters.map((filter) => ({ id: filter.id, cells: filter.strengths.map((strength) => ({ strength, accuracy: 0.7, ...answered })) })),
        pictures: { ...image, pictures: [image, ...imageFilters.flatMap(({ strengths }) => strengths.map(() => image))].flatMap(({ pictures }) => pictures.slice(0, 1)) },
        step: step ?? run.step,
      }
    },
    'inspect.saliency': ({ id, example, at, answer = 'odd', against = null, baseline = 'the mean', integrate, integrationSteps, step }) => {
      const run = able(id)
      const picture = run.saliency === 'images' ? imageOf(example) : null
      const dimensions = picture ? ['pixel'] : ['value', 'mark']
      const places = picture ? picture.rows * picture.columns : 12
      const values = (seed: number) => Float32Array.from({ length: places * dimensions.length }, (_, i) => Math.sin(i * seed + example))
      return {
        ...answerTo(example),
        examples,
        answer: { kind: 'class', name: answer, against, at: at ?? null, value: -0.3 },
        outputs: [{ name: 'odd', value: 0.74 }, { name: 'even', value: 0.26 }],
        dimensions,
        inputs: values(1),
        tokens: [],
        picture,
        gradient: values(2),
        gradientTimesInput: values(3),
        occlusion: values(0.7),
        baseline,
        horizon: picture ? new Float32Array(0) : Float32Array.from({ length: places }, (_, lag) => 0.8 ** lag),
        horizonSlope: picture ? NaN : Math.log(0.8),
        integrated: integrate ? { values: null, completenessError: 0.4, difference: 2, steps: integrationSteps } : null,
        step: step ?? run.step,
      }
    },
  } satisfies Required<Pick<Handlers, 'inspect.examples' | 'inspect.saliency' | 'inspect.filters'>>
} // prettier-ignore
