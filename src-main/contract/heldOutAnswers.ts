// Answers of a classifier or tagger to all held-out texts of its run, and how often each class is taken for each other.

/** By number; or by the probability of the answer, the most or the least sure first. */
export const answerOrders = ['number', 'most sure', 'least sure'] as const
export type AnswerOrder = (typeof answerOrders)[number]

/** The answer to a held-out text, or to one symbol of a tagged one. */
export interface HeldOutAnswer {
  /** Number of the held-out text, from 0. */
  example: number
  /** The symbol that has the tag, from 0; null: the class is that of the whole text. */
  place: number | null
  /** The text; of a tagged one the symbol alone. */
  text: string
  /** Symbols before and after a tagged symbol; '' for a class. */
  before: string
  after: string
  expected: string
  answer: string
  /** Probabilities of the answer and of the expected class. */
  probability: number
  expectedProbability: number
}

/** How often class `expected` got the answer `answer`. */
export interface ConfusionCell {
  expected: string
  answer: string
  count: number
}

export interface HeldOutAnswers {
  /** Those of the asked page. */
  rows: HeldOutAnswer[]
  /** Answers that match the filters, and all answers. */
  matching: number
  answers: number
  /** Held-out texts. */
  examples: number
  /** What an answer belongs to. */
  of: 'texts' | 'symbols'
  /** Pairs of classes that occur, of all answers, in order of the classes. */
  confusion: ConfusionCell[]
  step: number
}

/** Figures of one class. */
export interface ClassScore {
  name: string
  /** Answers that should be the class, that are the class, and that are both. */
  expected: number
  answered: number
  right: number
  /** right / answered, right / expected and their harmonic mean; 0 where nothing is counted. */
  precision: number
  recall: number
  f1: number
}

export interface ClassScores {
  /** In order of their names. */
  classes: ClassScore[]
  answers: number
  /** The share of right answers. */
  accuracy: number
  /** The mean F1 of the classes that are expected or answered. */
  macroF1: number
}

/** Precision, recall and F1 of each class that occurs in the pairs, with accuracy and macro F1. */
export function classScores(confusion: readonly ConfusionCell[]): ClassScores {
  const byName = new Map<string, { expected: number; answered: number; right: number }>()
  const of = (name: string) => {
    const found = byName.get(name) ?? { expected: 0, answered: 0, right: 0 }
    byName.set(name, found)
    return found
  }
  for (const { expected, answer, count } of confusion) {
    of(expected).expected += count
    of(answer).answered += count
    if (expected === answer) of(expected).right += count
  }
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
  const classes = [...byName]
    .map(([name, counts]): ClassScore => {
      const { expected, answered, right } = counts
      return {
        name,
        ...counts,
        precision: share(right, answered),
        recall: share(right, expected),
        f1: share(2 * right, expected + answered),
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const sum = (value: (one: ClassScore) => number) => classes.reduce((total, one) => total + value(one), 0)
  const answers = sum(({ expected }) => expected)
  return {
    classes,
    answers,
    accuracy: share(
      sum(({ right }) => right),
      answers,
    ),
    macroF1: share(
      sum(({ f1 }) => f1),
      classes.length,
    ),
  }
}

/** The heading of a table of answers; tagged symbols have their place and the symbols around them. */
export const answerHeading = (of: HeldOutAnswers['of']): string[] => [
  'example',
  ...(of === 'symbols' ? ['symbol', 'before', 'text', 'after'] : ['text']),
  'expected',
  'answer',
  'probability',
  'probability of expected',
]

/** The cells of an answer below that heading; examples and symbols are numbered from 0. */
export const answerCells = (one: HeldOutAnswer): (string | number)[] => [
  one.example,
  ...(one.place === null ? [one.text] : [one.place, one.before, one.text, one.after]),
  one.expected,
  one.answer,
  one.probability,
  one.expectedProbability,
]

/** A confusion matrix: the classes in order of their names, and counts by row (expected) and column (answer). */
export function confusionTable(confusion: readonly ConfusionCell[]): { names: string[]; counts: number[][] } {
  const names = classScores(confusion).classes.map(({ name }) => name)
  const at = new Map(names.map((name, i) => [name, i]))
  const counts = names.map(() => names.map(() => 0))
  for (const { expected, answer, count } of confusion) counts[at.get(expected)!]![at.get(answer)!] = count
  return { names, counts }
}
