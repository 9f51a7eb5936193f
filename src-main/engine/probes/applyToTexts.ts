// What a trained network answers to new texts, which are read as those of its data are. It refuses tasks without the ability `applies`,
// empty texts, and symbols that the vocabulary lacks.
import type { AnsweredText, AnsweredTexts, TextAnswer } from '../../contract/apply.ts'
import { UnrollError } from '../../contract/errors.ts'
import { compile } from '../compile/compile.ts'
import { encodeText } from '../data/reading.ts'
import { unknownId, unknownWord } from '../data/vocabulary.ts'
import { refuseUnseen } from '../generation/sample.ts'
import { weightNodes } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'
import { responderOf, taskFacts } from '../tasks/index.ts'
import type { AnswerShape, TextResponder } from '../tasks/textResponder.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { runStep } from './stepStates.ts'

/** Texts that one program answers, at most; and, if it answers several, its symbols and the numbers computed for its answers. */
const [maxColumns, maxSymbols, maxNumbers] = [64, 2 ** 15, 2 ** 23]
/** The first limit of an output text, in symbols; four times as many are tried as long as some text has not ended. */
const firstOutput = 32

/** The answers to the texts. Throws E_ARG for other tasks, and for texts that are empty or have symbols which the vocabulary lacks. */
export function applyToTexts(
  model: TrainedModel,
  { texts, top }: { texts: readonly string[]; top?: number | undefined },
): AnsweredTexts {
  const responder = responderFor(model)
  const read = texts.map((text, i) => readText(model, responder, text, `texts.${i}`))
  const answers = new Array<TextAnswer>(texts.length)
  let waiting = texts.map((_, i) => i).sort((a, b) => read[a]!.ids.length - read[b]!.ids.length)
  for (const output of outputLimits(responder.maxOutput)) {
    answerAll(model, responder, { texts: read.map(({ ids }) => ids), chosen: waiting, output, top }, answers)
    waiting = waiting.filter((i) => isCut(answers[i]!))
    if (waiting.length === 0) break
  }
  return {
    answers: read.map(({ ids: _, ...one }, i) => ({ ...one, answer: answers[i]! })),
    step: model.step,
  }
}

const isCut = (answer: TextAnswer): boolean => answer.kind === 'text' && !answer.ended

/** Limits of output texts that are tried in turn, up to the longest. */
function outputLimits(longest: number): number[] {
  const limits: number[] = []
  for (let limit = firstOutput; limit < longest; limit *= 4) limits.push(limit)
  return [...limits, longest]
}

function responderFor({ config, vocabulary, labels }: TrainedModel): TextResponder {
  const responder = responderOf(config, { vocabulary, labels })
  if (responder) return responder
  throw new UnrollError(
    'E_ARG',
    `id: the task of this run is ${taskFacts(config).title.toLowerCase()}, which answers no texts. Choose a run that classifies, labels or translates texts.`,
    { path: 'id' },
  )
}

/** The ids of a text and what its answer says of them, truncated to the longest example of the run. */
function readText(
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

interface Asked {
  texts: readonly Int32Array[]
  /** Indices of the texts to answer, shortest first. */
  chosen: readonly number[]
  /** Symbols of an output text, at most. */
  output: number
  top: number | undefined
}

/** Writes the answers to the chosen texts. Texts of similar lengths share a program. */
function answerAll(
  model: TrainedModel,
  responder: TextResponder,
  { texts, chosen, output, top }: Asked,
  answers: TextAnswer[],
): void {
  let loaded: { shape: AnswerShape; executable: Executable } | undefined
  try {
    for (let from = 0; from < chosen.length;) {
      const next = chosen.slice(from, from + maxColumns).map((i) => texts[i]!.length)
      const shape = shapeFrom(responder, next, output)
      const part = chosen.slice(from, from + shape.columns)
      if (!loaded || JSON.stringify(loaded.shape) !== JSON.stringify(shape)) {
        loaded?.executable.dispose()
        loaded = { shape, executable: load(model, responder, shape) }
      }
      const { executable } = loaded
      responder.write(
        executable,
        part.map((i) => texts[i]!),
      )
      runStep(executable)
      const lengths = part.map((i) => texts[i]!.length)
      responder.read(executable, lengths, top).forEach((answer, k) => (answers[part[k]!] = answer))
      from += part.length
      model.control?.progress?.(from, chosen.length)
    }
  } finally {
    loaded?.executable.dispose()
  }
}

/** Padded lengths are powers of 2, at least 8, so that few programs are compiled. */
const padded = (length: number): number => Math.max(8, 2 ** Math.ceil(Math.log2(length)))

/** The shape of a program for the next texts, whose lengths ascend. */
function shapeFrom(responder: TextResponder, lengths: readonly number[], output: number): AnswerShape {
  const inputOf = (columns: number) => Math.min(responder.maxLength, padded(lengths[columns - 1]!))
  let columns = lengths.length
  const fits = () => {
    const symbols = columns * (inputOf(columns) + output)
    const similar = inputOf(columns) <= 2 * inputOf(1)
    return similar && symbols <= maxSymbols && symbols * responder.choices <= maxNumbers
  }
  while (columns > 1 && !fits()) columns = Math.ceil(columns / 2)
  return { columns, input: inputOf(columns), output }
}

function load(model: TrainedModel, responder: TextResponder, shape: AnswerShape): Executable {
  const { network, weights } = model.whole
  const outputs = responder.graph(network, weightNodes(network), shape)
  return withWeights({ ...model, weights }, compile({ outputs }))
}
