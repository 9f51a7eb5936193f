// Answers to new texts as rows of a table: the text, the answer with its probability, and what belongs to its kind.
import {
  answerText,
  unknownWordsOf,
  type AnsweredText,
  type Choice,
  type NextWords,
  type TextAnswer,
} from './apply.ts'
import type { CsvCell } from './csv.ts'

/** The probability of an answer: of the class, of the least probable tag, or of the whole output text. */
export function answerProbability(answer: TextAnswer): number {
  if (answer.kind === 'class') return answer.classes[0]!.probability
  if (answer.kind === 'next') return answer.words[0]!.probability
  if (answer.kind === 'text') return Math.exp(answer.logProbability)
  return answer.tags.reduce((least, [tag]) => Math.min(least, tag!.probability), 1)
}

/** What `answerProbability` says of an answer of this kind. */
export const probabilityTitle = ({ kind }: TextAnswer): string =>
  kind === 'tags' ? 'least probability' : 'probability'

/** The columns of a kind of answers: each with its title and the cell of an answer. */
type Columns = [title: string, cell: (answer: TextAnswer) => CsvCell][]

const joined = (choices: readonly (Choice | undefined)[]): string =>
  choices.map((choice) => choice?.probability ?? '').join(' ')

/** Of next words: the n-gram probability of the first, then the others by rank. */
function nextColumns({ words }: NextWords): Columns {
  const wordOf = (one: TextAnswer, rank: number) => (one.kind === 'next' ? one.words[rank] : undefined)
  return words.flatMap((word, rank): Columns => {
    const name = rank === 0 ? '' : ` ${rank + 1}`
    return [
      ...(rank === 0
        ? []
        : ([
            [`answer${name}`, (one) => wordOf(one, rank)?.name ?? null],
            [`probability${name}`, (one) => wordOf(one, rank)?.probability ?? null],
          ] as Columns)),
      ...(word.ngram === undefined
        ? []
        : ([[`n-gram probability${name}`, (one) => wordOf(one, rank)?.ngram ?? null]] as Columns)),
    ]
  })
}

/** The columns that belong to answers like `first`: all classes by name or, with `ranked`, by rank. */
function ownColumns(first: TextAnswer, ranked: boolean): Columns {
  if (first.kind === 'text')
    return [
      ['log probability', (one) => (one.kind === 'text' ? one.logProbability : null)],
      ['probabilities', (one) => (one.kind === 'text' ? joined(one.symbols) : null)],
      ['ended', (one) => (one.kind === 'text' ? Number(one.ended) : null)],
    ]
  if (first.kind === 'tags') {
    const at = (one: TextAnswer, rank: number) =>
      one.kind === 'tags' ? one.tags.map((tags) => tags[rank]) : []
    const ranks = Array.from(first.tags[0]!, (_, rank) => rank)
    return ranks.flatMap((rank): Columns => {
      const name = rank === 0 ? '' : ` ${rank + 1}`
      return [
        [
          `tags${name}`,
          (one) =>
            at(one, rank)
              .map((tag) => tag?.name ?? '')
              .join(' '),
        ],
        [`probabilities${name}`, (one) => joined(at(one, rank))],
      ]
    })
  }
  if (first.kind === 'next') return nextColumns(first)
  const classOf = (one: TextAnswer, found: (choice: Choice, rank: number) => boolean) =>
    one.kind === 'class' ? one.classes.find(found) : undefined
  if (ranked)
    return first.classes.slice(1).flatMap((_, i): Columns => {
      const chosen = (one: TextAnswer) => classOf(one, (_choice, rank) => rank === i + 1)
      return [
        [`answer ${i + 2}`, (one) => chosen(one)?.name ?? null],
        [`probability ${i + 2}`, (one) => chosen(one)?.probability ?? null],
      ]
    })
  const names = first.classes.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1))
  return names.map((name) => [
    `p(${name})`,
    (one) => classOf(one, (choice) => choice.name === name)?.probability ?? null,
  ])
}

/** Heading and rows of a table of answers like `first`; `ranked`: the answers hold some of the classes alone. */
export function answerTable(first: AnsweredText, ranked: boolean) {
  const columns = ownColumns(first.answer, ranked)
  const heads = columns.map(([title]) => title)
  return {
    heading: [
      'text',
      'answer',
      probabilityTitle(first.answer),
      ...heads,
      'unknown words',
      'symbols left out',
    ],
    row: (text: string, one: AnsweredText): CsvCell[] => [
      text,
      answerText(one),
      answerProbability(one.answer),
      ...columns.map(([, cell]) => cell(one.answer)),
      unknownWordsOf(one).join(' '),
      one.omitted,
    ],
  }
}
