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
import { addNgramProbabilities } from './nextWords.ts'
import type { TrainedModel } from './model.ts'

/** Alignments are read of so many texts by default. */
const alignedTexts = 100
const defaultLengthPenalty = 0.6

/** Texts, and how they are answered; see the command. */
interface GivenTexts {
  texts: readonly string[]
  top?: number | undefined
  beam?: number | undefined
  lengthPenalty?: number | undefined
  alignments?: boolean | undefined
  /** Order of the n-gram model beside next words; 0: none. */
  ngram?: number
  training?: (() => string) | undefined
}

/**
 * The answers to the texts. Throws E_ARG for other tasks, for options of output texts where the answers are none, and for texts that are empty or
 * have symbols which the vocabulary lacks.
 */
export function applyToTexts(
  model: TrainedModel,
  {
    texts,
    top,
    beam,
    lengthPenalty,
    alignments = texts.length <= alignedTexts,
    ngram = 0,
    training,
  }: GivenTexts,
): AnsweredTexts {
  const responder = responderFor(model)
  refuseDecoding(responder, beam, lengthPenalty)
  const decoding = {
    ...(beam !== undefined && {
      beam: { width: beam, lengthPenalty: lengthPenalty ?? defaultLengthPenalty },
    }),
    alignments,
  }
  const read = texts.map((text, i) => readText(model, responder, text, `texts.${i}`))
  const answers = new Array<TextAnswer>(texts.length)
  answerAll(model, responder, { texts: read, top, decoding }, (i, answer) => (answers[i] = answer))
  if (ngram > 0) addNgramProbabilities(model, answers, { texts: read, order: ngram, training })
  return {
    answers: read.map(({ ids: _, ...one }, i) => ({ ...one, answer: answers[i]! })),
    step: model.step,
  }
}

/** Throws E_ARG for options of decoding that have no effect. */
function refuseDecoding({ maxOutput }: TextResponder, beam?: number, lengthPenalty?: number): void {
  const path = beam === undefined ? 'lengthPenalty' : 'beam'
  if (maxOutput === 0 && (beam ?? lengthPenalty) !== undefined)
    throw new UnrollError(
      'E_ARG',
      `${path}: the answers of this run are no output texts, so nothing is decoded. Leave it out.`,
      { path },
    )
  if (beam === undefined && lengthPenalty !== undefined)
    throw new UnrollError(
      'E_ARG',
      'lengthPenalty: greedy decoding has none. Set the width of a beam, too, or leave it out.',
      { path },
    )
}

/** The answers of the model's task to texts. Throws E_ARG for a task without the ability `applies`. */
export function responderFor({ config, vocabulary, labels }: TrainedModel): TextResponder {
  const responder = responderOf(config, { vocabulary, labels })
  if (responder) return responder
  throw new UnrollError(
    'E_ARG',
    `id: the task of this run is ${taskFacts(config).title.toLowerCase()}, which answers no texts. Choose a run that classifies, labels, translates or continues texts by words.`,
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
