// What a trained network answers to new texts, which are read as those of its data are. It refuses tasks without the ability `applies`,
// empty texts, and symbols that the vocabulary lacks.
import type { AnsweredText, AnsweredTexts, TextAnswer } from '../../contract/apply.ts'
import { UnrollError } from '../../contract/errors.ts'
import { encodeText } from '../data/reading.ts'
import { unknownId, unknownWord } from '../data/vocabulary.ts'
import { refuseUnseen } from '../generation/sample.ts'
import { responderOf, taskFacts } from '../tasks/index.ts'
import type { TextResponder } from '../tasks/textResponder.ts'
import { answerAll } from './answerPrograms.ts'
import type { TrainedModel } from './model.ts'

/** The answers to the texts. Throws E_ARG for other tasks, and for texts that are empty or have symbols which the vocabulary lacks. */
export function applyToTexts(
  model: TrainedModel,
  { texts, top }: { texts: readonly string[]; top?: number | undefined },
): AnsweredTexts {
  const responder = responderFor(model)
  const read = texts.map((text, i) => readText(model, responder, text, `texts.${i}`))
  const answers = new Array<TextAnswer>(texts.length)
  answerAll(
    model,
    responder,
    { texts: read.map(({ ids }) => ids), top },
    (i, answer) => (answers[i] = answer),
  )
  return {
    answers: read.map(({ ids: _, ...one }, i) => ({ ...one, answer: answers[i]! })),
    step: model.step,
  }
}

/** The answers of the model's task to texts. Throws E_ARG for a task without the ability `applies`. */
export function responderFor({ config, vocabulary, labels }: TrainedModel): TextResponder {
  const responder = responderOf(config, { vocabulary, labels })
  if (responder) return responder
  throw new UnrollError(
    'E_ARG',
    `id: the task of this run is ${taskFacts(config).title.toLowerCase()}, which answers no texts. Choose a run that classifies, labels or translates texts.`,
    { path: 'id' },
  )
}

/** The ids of a text and what its answer says of them, truncated to the longest example of the run. */
export function readText(
  { symbols: vocabulary }: TrainedModel,
  { maxLength, truncate }: TextResponder,
  text: string,
  path: string,
): Omit<AnsweredText, 'answer'> & { ids: Int32Array } {
  const typed = encodeText(text.replaceAll('\t', ' ').trim(), vocabulary)
  const all = typed.ids.length
  if (all === 0) throw new UnrollError('E_ARG', `${path}: the text is empty. Leave it out.`, { path })
  const from = truncate === 'beginning' ? Math.max(0, all - maxLength) : 0
  const ids = typed.ids.slice(from, from + maxLength)
  const symbols = typed.symbols.slice(from, from + maxLength)
  refuseUnseen({ symbols, ids }, path)
  const missing = unknownId(vocabulary)
  return {
    ids,
    symbols,
    unknown: symbols.flatMap((symbol, i) => (ids[i] === missing && symbol !== unknownWord ? [i] : [])),
    omitted: all - ids.length,
  }
}
