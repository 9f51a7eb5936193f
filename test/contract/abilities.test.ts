// The table of abilities against the engine: what it says a run can do is done, and what it denies is refused.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import {
  checkCellOptions,
  generateImages,
  inspectText,
  inspectImage,
  openModel,
  openTraining,
  sampleText,
} from '../../src-main/engine/index.ts'
import { heldOutNumbers, taskFacts, taskOf } from '../../src-main/engine/tasks/index.ts'
import { applyToSeries } from '../../src-main/engine/probes/applyToSeries.ts'
import { applyToTexts } from '../../src-main/engine/probes/applyToTexts.ts'
import { heldOutAnswers } from '../../src-main/engine/probes/heldOutAnswers.ts'
import { heldOutText } from '../../src-main/engine/probes/heldOutTexts.ts'
import { listExamples } from '../../src-main/engine/probes/saliency/exampleAnswers.ts'
import { saliency } from '../../src-main/engine/probes/saliency/saliency.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'

const prose = 'the cat sat on the mat. '.repeat(10)
const labelled = Array.from({ length: 20 }, (_, i) => `${i % 2 ? 'good' : 'bad'}\tthe cat sat`).join('\n')
const problems = ['adding', 'copy', 'parity', 'reber', 'embedded-reber', 'dyck', 'anbn', 'reverse', 'count']
const kinds: [data: Record<string, unknown>, text: string, model?: object, task?: string][] = [
  [{ kind: 'text' }, prose],
  [{ kind: 'series' }, ''],
  [{ kind: 'addition' }, ''],
  [{ length: 4 }, '', {}, 'flip-flop'],
  [{ kind: 'examples', format: 'labelled' }, labelled],
  [{ kind: 'examples', format: 'pairs' }, labelled],
  [{ kind: 'image', size: 8, task: 'pixels' }, '', { cell: 'md-lstm' }],
  [{ kind: 'image', size: 8, task: 'classes', texture: 'mixed' }, '', { cell: 'md-lstm' }],
  ...problems.map((problem): [Record<string, unknown>, string] => [
    { kind: 'memory', problem, length: 3 },
    '',
  ]),
]

const explained = {
  example: 0,
  integrate: false,
  integrationSteps: 1,
  read: 3,
  top: 2,
  order: 'loss',
  wrong: false,
} as const

const allAnswers = {
  wrong: false,
  least: 0,
  most: 1,
  contains: '',
  order: 'number',
  offset: 0,
  limit: 9,
} as const

const works = (act: () => unknown): boolean => {
  try {
    act()
    return true
  } catch (error) {
    if (error instanceof UnrollError && error.code === 'E_ARG') return false
    throw error
  }
}

describe('what a run can be asked for', () => {
  it.each(kinds)('%j', (data, text, model = {}, id) => {
    const train = {
      batch: data['kind'] === 'text' || data['kind'] === 'examples' ? 2 : 1,
      window: 4,
      steps: 1,
      bptt: data['kind'] === 'text' ? 'truncated' : 'full',
    }
    const config = parseConfig({
      seed: 1,
      ...(id !== undefined && { task: id }),
      data,
      model: { hidden: 3, embedding: 2, ...model },
      train,
      logging: { gradientEvery: 0 },
    }) as RunConfig
    checkCellOptions(config)
    const executor = referenceExecutor()
    const opened = openModel(openTraining({ config, text }, executor).checkpoint(), executor)
    const [first = ''] = opened.vocabulary
    const typed = data['kind'] === 'series' ? '1' : first
    const {
      generates,
      inspects,
      answers,
      readsNumbers,
      saliency: explains,
      applies,
      classifies,
    } = taskFacts(config).abilities

    const how = { prime: '', length: 1, temperature: 1, topK: 0, topP: 1, seed: 1 }
    expect(works(() => [...sampleText(opened, how)])).toBe(generates === 'text')
    const drawn = { count: 1, temperature: 1, rows: 0, picture: 0, seed: 1 }
    expect(works(() => generateImages(opened, drawn))).toBe(generates === 'images')
    expect(works(() => inspectText(opened, { text: typed, layer: 0, signal: 'h' }))).toBe(inspects === 'text')
    const look = { picture: 0, layer: 0, direction: 0, signal: 'h' }
    expect(works(() => inspectImage(opened, look))).toBe(inspects === 'images')
    const held = { ...explained, data: () => text }
    expect(works(() => saliency(opened, held))).toBe(explains !== null)
    expect(works(() => listExamples(opened, held))).toBe(explains !== null)
    expect(works(() => applyToTexts(opened, { texts: [typed] }))).toBe(applies === 'texts')
    expect(works(() => applyToSeries(opened, { values: [1, 2, 3, 4] }))).toBe(applies === 'series')
    expect(works(() => heldOutText(opened, held))).toBe(applies === 'texts')
    expect(works(() => heldOutAnswers(opened, { data: held.data, ...allAnswers }))).toBe(
      classifies !== undefined,
    )
    const task = taskOf(config, text)
    expect([task.answers !== undefined, task.images !== undefined]).toEqual([
      answers !== null && ['examples', 'series', 'channels', 'forecast'].includes(answers),
      answers === 'generated images' || answers === 'classified images',
    ])
    const numbers = heldOutNumbers(config, text, 2)
    expect(numbers !== undefined).toBe(readsNumbers === true)
    expect(Boolean(numbers)).toBe('input' in opened.network && opened.network.input.kind === 'dense')
  })
})
