// Answers to new texts in the terminal: one in full, several as rows of a table; and what the run does not know of them.
import { answerProbability, probabilityTitle } from '../../contract/answerTable.ts'
import { answerText, unknownWordsOf, type AnsweredText, type Choice } from '../../contract/apply.ts'
import { alignmentLines } from './alignmentLines.ts'
import { figure, table } from './format.ts'

/** Names and probabilities, as cells of a row. */
const cells = (choices: readonly Choice[]): string[] =>
  choices.flatMap(({ name, probability }) => [name, figure(probability)])

/**
 * One answer in full: all its classes, the tags of each symbol, or the output with the probability of each symbol, its alignment and the other
 * outputs of a beam. Alignments are at most `columns` characters wide.
 */
export function answerLines({ symbols, answer }: AnsweredText, columns: number): string[] {
  if (answer.kind === 'class')
    return table(
      ['class', 'probability>'],
      answer.classes.map((choice) => cells([choice])),
    )
  if (answer.kind === 'tags') {
    const heads = answer.tags[0]!.flatMap((_, i) => (i === 0 ? ['tag', 'probability>'] : [`tag ${i + 1}`, 'probability>'])) // prettier-ignore
    return table(
      ['symbol', ...heads],
      answer.tags.map((tags, i) => [symbols[i]!, ...cells(tags)]),
    )
  }
  if (answer.kind === 'next') {
    const beside = answer.words.some(({ ngram }) => ngram !== undefined)
    return table(
      ['next word', 'probability>', ...(beside ? ['n-gram model>'] : [])],
      answer.words.map((word) => [...cells([word]), ...(beside ? [figure(word.ngram!)] : [])]),
    )
  }
  const { logProbability, ended } = answer
  return [
    answer.text,
    `log probability ${figure(logProbability)} nats, probability ${figure(Math.exp(logProbability))}${ended ? '' : '; stopped at the greatest length, without an end token'}`,
    ...table(
      ['symbol', 'probability>'],
      answer.symbols.map((symbol) => cells([symbol])),
    ),
    ...(answer.alignment ? ['', ...alignmentLines(answer.alignment, columns)] : []),
    ...(answer.others?.length
      ? [
          '',
          ...table(
            ['log probability>', 'other outputs'],
            answer.others.map((one) => [figure(one.logProbability), `${one.text}${one.ended ? '' : ' …'}`]),
          ),
        ]
      : []),
  ]
}

/** A row per text; the heading only for the first rows. */
export function answerRows(
  texts: readonly string[],
  answers: readonly AnsweredText[],
  withHeading: boolean,
): string[] {
  const rows = answers.map((one, i) => {
    const own = [figure(answerProbability(one.answer)), answerText(one)]
    return one.answer.kind === 'tags' ? own : [...own, shortened(texts[i]!)]
  })
  const { answer } = answers[0]!
  const heads = [`${probabilityTitle(answer)}>`, 'answer', ...(answer.kind === 'tags' ? [] : ['text'])]
  return table(heads, rows).slice(withHeading ? 0 : 1)
}

const maxShown = 60
const shortened = (text: string): string => {
  const points = [...text]
  return points.length > maxShown ? `${points.slice(0, maxShown - 1).join('')}…` : text
}

const maxListed = 10

/** Counts, over answers that are added, what the run does not know or did not read; a line for each at the end. */
export function readingNotes() {
  const words = new Set<string>()
  let withUnknown = 0
  let truncated = 0
  let omitted = 0
  return {
    add(answers: readonly AnsweredText[]) {
      for (const one of answers) {
        const unknown = unknownWordsOf(one)
        if (unknown.length > 0) withUnknown++
        for (const word of unknown) if (words.size <= maxListed) words.add(word)
        if (one.omitted > 0) truncated++
        omitted += one.omitted
      }
    },
    lines(): string[] {
      const listed = [...words].slice(0, maxListed).map((word) => JSON.stringify(word))
      const more = words.size > maxListed ? ', …' : ''
      const texts = (n: number) => `${n} ${n === 1 ? 'text' : 'texts'}`
      return [
        ...(withUnknown > 0
          ? [`words that the run does not know, in ${texts(withUnknown)}: ${listed.join(', ')}${more}`]
          : []),
        ...(omitted > 0
          ? [`${omitted} symbols beyond the longest example of the run were left out, in ${texts(truncated)}`]
          : []),
      ]
    },
  }
}
