// Answers of the tasks on lines of text to new texts: a class, a tag per symbol, or an output text from greedy decoding or a beam search. It reads
// no data of the run: vocabulary and classes are those of the checkpoint.
import type { Choice, TextAnswer } from '../../../contract/apply.ts'
import { largestFirst } from '../../generation/sample.ts'
import { classLogits } from '../../nn/ends.ts'
import type { CheckpointVocabulary } from '../defineTask.ts'
import type { TextResponder } from '../textResponder.ts'
import { inputsFor, writeExamples } from './feed.ts'
import { classNames, lineProblem } from './lines.ts'
import type { LinesData } from './linesData.ts'
import { windowOf } from './alignment.ts'
import { traceBeam, traceExamples, traceGreedy, type ExampleNetwork } from './network.ts'
import { outputTexts } from './outputTexts.ts'
import { logitsOf, softmax } from './table.ts'

/** The answers of a network trained on lines; `vocabulary` and `labels` of its checkpoint. */
export function lineResponder(data: LinesData, { vocabulary, labels }: CheckpointVocabulary): TextResponder {
  const { maxLength, truncate } = data
  const problem = lineProblem(data, vocabulary, labels, { input: maxLength, answer: maxLength + 1 })
  const { topology, unknown } = problem
  const isPair = topology === 'pair'
  const names = classNames(problem)
  return {
    maxLength,
    truncate,
    choices: names.length,
    maxOutput: isPair ? maxLength + 1 : 0,
    graph(model, weights, { columns, input, output, beam, alignments: isAligned }) {
      const network = model as ExampleNetwork
      const inputs = inputsFor(problem, { input, answer: output }, columns)
      if (!isPair)
        return {
          logits: classLogits(network, traceExamples(network, problem, weights, inputs, false).logits),
        }
      const decoding = { x: inputs.x, mask: inputs.mask, steps: output, unknown }
      const { alignments, ...found } = beam
        ? traceBeam(network, weights, decoding, beam)
        : greedyClasses(network, traceGreedy(network, weights, decoding))
      return { ...found, ...(isAligned && alignments && { alignments }) }
    },
    write: (executable, texts) =>
      writeExamples(
        executable,
        problem,
        texts.map((input) => ({ input, answer: [] })),
      ),
    read(executable, texts, { network, shape: { beam }, top }) {
      if (isPair)
        return outputTexts({ problem, executable, texts, window: windowOf(network as ExampleNetwork), beam })
      const { at } = logitsOf(executable)
      const probabilities = (column: number, step: number) => softmax(at(column, step))
      return texts.map((symbols, column): TextAnswer => {
        if (topology === 'one')
          return { kind: 'class', classes: likeliest(names, probabilities(column, 0), top ?? names.length) }
        const tags = symbols.map((_, step) => likeliest(names, probabilities(column, step), top ?? 1))
        return { kind: 'tags', tags }
      })
    },
  }
}

const greedyClasses = (network: ExampleNetwork, { logits, ...rest }: ReturnType<typeof traceGreedy>) => ({
  logits: classLogits(network, logits),
  ...rest,
})

const likeliest = (names: readonly string[], probabilities: readonly number[], count: number): Choice[] =>
  largestFirst(probabilities, count).map((id) => ({ name: names[id]!, probability: probabilities[id]! }))
