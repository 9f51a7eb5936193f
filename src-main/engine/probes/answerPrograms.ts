// Runs the program of a task's answers over many texts: texts of similar lengths share a program, and programs are limited in their memory.
import type { TextAnswer } from '../../contract/apply.ts'
import { compile } from '../compile/compile.ts'
import { weightNodes } from '../nn/weights.ts'
import type { Executable } from '../run/executor.ts'
import type { AnswerShape, TextResponder } from '../tasks/textResponder.ts'
import { withWeights, type TrainedModel } from './model.ts'
import { runStep } from './stepStates.ts'

/** Texts that one program answers, at most; and, if it answers several, its symbols and the numbers computed for its answers. */
const [maxColumns, maxSymbols, maxNumbers] = [64, 2 ** 15, 2 ** 23]
/** The first limit of an output text, in symbols; four times as many are tried as long as some text has not ended. */
const firstOutput = 32

export interface Asked {
  /** The ids of each text, and its symbols as they were typed. */
  texts: readonly { ids: Int32Array; symbols: readonly string[] }[]
  /** Classes of an answer (default all), or tags of a symbol (default 1). */
  top: number | undefined
  /** How output texts are decoded; undefined: greedily, without alignments. */
  decoding?: Pick<AnswerShape, 'beam' | 'alignments'>
}

/** Gives `take` the answer to each text by its index, in any order; an output text that has not ended is given again once it is longer. */
export function answerAll(
  model: TrainedModel,
  responder: TextResponder,
  asked: Asked,
  take: (index: number, answer: TextAnswer) => void,
): void {
  const { texts } = asked
  let waiting = texts.map((_, i) => i).sort((a, b) => texts[a]!.ids.length - texts[b]!.ids.length)
  for (const output of outputLimits(responder.maxOutput)) {
    const cut: number[] = []
    answerChosen(model, responder, { ...asked, chosen: waiting, output }, (index, answer) => {
      if (answer.kind === 'text' && !answer.ended) cut.push(index)
      take(index, answer)
    })
    if (cut.length === 0) break
    waiting = cut
  }
}

/** Limits of output texts that are tried in turn, up to the longest. */
function outputLimits(longest: number): number[] {
  const limits: number[] = []
  for (let limit = firstOutput; limit < longest; limit *= 4) limits.push(limit)
  return [...limits, longest]
}

interface Chosen extends Asked {
  /** Indices of the texts to answer, shortest first. */
  chosen: readonly number[]
  /** Symbols of an output text, at most. */
  output: number
}

/** Answers the chosen texts. Texts of similar lengths share a program. */
function answerChosen(
  model: TrainedModel,
  responder: TextResponder,
  { texts, chosen, output, top, decoding = {} }: Chosen,
  take: (index: number, answer: TextAnswer) => void,
): void {
  let loaded: { shape: AnswerShape; executable: Executable } | undefined
  try {
    for (let from = 0; from < chosen.length;) {
      const next = chosen.slice(from, from + maxColumns).map((i) => texts[i]!.ids.length)
      const shape = { ...shapeFrom(responder, next, output, decoding.beam?.width ?? 1), ...decoding }
      const part = chosen.slice(from, from + shape.columns)
      if (!loaded || JSON.stringify(loaded.shape) !== JSON.stringify(shape)) {
        loaded?.executable.dispose()
        loaded = { shape, executable: load(model, responder, shape) }
      }
      const { executable } = loaded
      responder.write(
        executable,
        part.map((i) => texts[i]!.ids),
      )
      runStep(executable)
      const symbols = part.map((i) => texts[i]!.symbols)
      const read = { network: model.whole.network, shape, top }
      responder.read(executable, symbols, read).forEach((answer, k) => take(part[k]!, answer))
      from += part.length
      model.control?.progress?.(from, chosen.length)
    }
  } finally {
    loaded?.executable.dispose()
  }
}

/** Padded lengths are powers of 2, at least 8, so that few programs are compiled. */
const padded = (length: number): number => Math.max(8, 2 ** Math.ceil(Math.log2(length)))

/** The shape of a program for the next texts, whose lengths ascend; `width`: hypotheses per output text. */
function shapeFrom(
  responder: TextResponder,
  lengths: readonly number[],
  output: number,
  width: number,
): AnswerShape {
  const inputOf = (columns: number) => Math.min(responder.maxLength, padded(lengths[columns - 1]!))
  let columns = lengths.length
  const fits = () => {
    const symbols = columns * (inputOf(columns) + width * output)
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
