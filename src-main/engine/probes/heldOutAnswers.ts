// Answers of a classifier or tagger to all its held-out texts, one page of those that match filters. All are computed once per checkpoint
// and kept. It refuses tasks whose answers are no classes.
import type {
  AnswerOrder,
  ConfusionCell,
  HeldOutAnswer,
  HeldOutAnswers,
} from '../../contract/heldOutAnswers.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { Text } from '../data/source.ts'
import { taskFacts } from '../tasks/index.ts'
import { answerAll } from './answerPrograms.ts'
import { readText, responderFor } from './applyToTexts.ts'
import { knownTexts, type KnownText } from './heldOutTexts.ts'
import type { TrainedModel } from './model.ts'

export interface AnswerFilter {
  example?: number | undefined
  expected?: string | undefined
  answer?: string | undefined
  wrong: boolean
  least: number
  most: number
  contains: string
  order: AnswerOrder
  offset: number
  limit: number
}

/** The answers of one checkpoint: N of them, each with its text, its symbol (-1: the whole text), and ids of `names`. */
interface Answers {
  texts: readonly KnownText[]
  /** The symbols of tagged texts; null for classes. */
  symbols: readonly (readonly string[])[] | null
  names: readonly string[]
  example: Int32Array
  place: Int32Array
  expected: Int32Array
  answer: Int32Array
  probability: Float32Array
  expectedProbability: Float32Array
}

/** Symbols that are shown before and after a tagged one. */
const around = 6
/** By the opened network, which is the same for all calls on a checkpoint. */
const kept = new WeakMap<object, { data: Text; answers: Answers }>()

/** One page of the matching answers. Throws E_ARG for tasks without classes or tags, E_CANCELLED. */
export function heldOutAnswers(
  model: TrainedModel,
  { data, ...filter }: AnswerFilter & { data(): Text },
): HeldOutAnswers {
  const all = answersOf(model, data())
  const found = matching(all, filter)
  return {
    rows: found.slice(filter.offset, filter.offset + filter.limit).map((i) => rowOf(all, i)),
    matching: found.length,
    answers: all.answer.length,
    examples: all.texts.length,
    of: all.symbols ? 'symbols' : 'texts',
    confusion: confusionOf(all),
    step: model.step,
  }
}

function answersOf(model: TrainedModel, data: Text): Answers {
  const before = kept.get(model.whole)
  if (before?.data === data) return before.answers
  const answers = computed(model, knownTexts(model, data))
  kept.set(model.whole, { data, answers })
  return answers
}

function computed(model: TrainedModel, texts: readonly KnownText[]): Answers {
  const responder = responderFor(model)
  if (!taskFacts(model.config).abilities.classifies)
    throw new UnrollError(
      'E_ARG',
      `id: the task of this run is ${taskFacts(model.config).title.toLowerCase()}, whose answers are no classes. Choose a run that classifies or labels.`,
      { path: 'id' },
    )
  const isTagged = texts.some(({ expected }) => 'tags' in expected)
  const read = texts.map(({ text }, i) => readText(model, responder, text, `example ${i}`))
  // Where the answers of each text begin.
  const begins = new Int32Array(texts.length + 1)
  read.forEach(({ ids }, i) => (begins[i + 1] = begins[i]! + (isTagged ? ids.length : 1)))
  const count = begins[texts.length]!
  const names = [...model.labels]
  const ids = new Map(names.map((name, id) => [name, id]))
  // A class of the held-out part that the checkpoint lacks is never answered.
  const idOf = (name: string) => ids.get(name) ?? (ids.set(name, names.length), names.push(name) - 1)
  const all: Answers = {
    texts,
    symbols: isTagged ? read.map(({ symbols }) => symbols) : null,
    names,
    example: new Int32Array(count),
    place: new Int32Array(count).fill(-1),
    expected: new Int32Array(count),
    answer: new Int32Array(count),
    probability: new Float32Array(count),
    expectedProbability: new Float32Array(count),
  }
  const asked = { texts: read, top: model.labels.length }
  answerAll(model, responder, asked, (example, answer) => {
    if (answer.kind === 'text' || answer.kind === 'next') return
    const { expected } = texts[example]!
    const choices = answer.kind === 'class' ? [answer.classes] : answer.tags
    choices.forEach((ranked, place) => {
      const i = begins[example]! + place
      const right = 'tags' in expected ? expected.tags[place]! : 'label' in expected ? expected.label : ''
      all.example[i] = example
      if (isTagged) all.place[i] = place
      all.expected[i] = idOf(right)
      all.answer[i] = idOf(ranked[0]!.name)
      all.probability[i] = ranked[0]!.probability
      all.expectedProbability[i] = ranked.find(({ name }) => name === right)?.probability ?? 0
    })
  })
  return all
}

/** Indices of the matching answers in the asked order. */
function matching(all: Answers, filter: AnswerFilter): number[] {
  const letters = filter.contains.toLowerCase()
  const found: number[] = []
  for (let i = 0; i < all.answer.length; i++) {
    const example = all.example[i]!
    if (filter.example !== undefined && example !== filter.example) continue
    if (filter.wrong && all.answer[i] === all.expected[i]) continue
    if (filter.expected !== undefined && all.names[all.expected[i]!] !== filter.expected) continue
    if (filter.answer !== undefined && all.names[all.answer[i]!] !== filter.answer) continue
    const p = all.probability[i]!
    if (p < filter.least || p > filter.most) continue
    if (letters && !textOf(all, i).toLowerCase().includes(letters)) continue
    found.push(i)
  }
  const { probability } = all
  if (filter.order === 'most sure') found.sort((a, b) => probability[b]! - probability[a]! || a - b)
  if (filter.order === 'least sure') found.sort((a, b) => probability[a]! - probability[b]! || a - b)
  return found
}

const textOf = ({ texts, symbols, example, place }: Answers, i: number): string =>
  symbols ? symbols[example[i]!]![place[i]!]! : texts[example[i]!]!.text

function rowOf(all: Answers, i: number): HeldOutAnswer {
  const example = all.example[i]!
  const place = all.place[i]!
  const symbols = all.symbols?.[example]
  return {
    example,
    place: symbols ? place : null,
    text: textOf(all, i),
    before: symbols?.slice(Math.max(0, place - around), place).join(' ') ?? '',
    after: symbols?.slice(place + 1, place + 1 + around).join(' ') ?? '',
    expected: all.names[all.expected[i]!]!,
    answer: all.names[all.answer[i]!]!,
    probability: all.probability[i]!,
    expectedProbability: all.expectedProbability[i]!,
  }
}

function confusionOf({ names, expected, answer }: Answers): ConfusionCell[] {
  const counts = new Map<number, number>()
  expected.forEach((right, i) => {
    const key = right * names.length + answer[i]!
    counts.set(key, (counts.get(key) ?? 0) + 1)
  })
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([key, count]) => ({
      expected: names[Math.floor(key / names.length)]!,
      answer: names[key % names.length]!,
      count,
    }))
}
