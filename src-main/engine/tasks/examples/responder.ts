// Answers of the tasks on lines of text to new texts: a class, a tag per symbol, or an output text from greedy decoding. It reads no data of the
// run: vocabulary and classes are those of the checkpoint.
import type { Choice, TextAnswer } from '../../../contract/apply.ts'
import { largestFirst } from '../../generation/sample.ts'
import { classLogits } from '../../nn/ends.ts'
import type { CheckpointVocabulary } from '../defineTask.ts'
import type { TextResponder } from '../textResponder.ts'
import type { Problem } from './example.ts'
import { inputsFor, writeExamples } from './feed.ts'
import { classNames, lineProblem } from './lines.ts'
import type { LinesData } from './linesData.ts'
import { traceExamples, traceGreedy, type ExampleNetwork } from './network.ts'
import { joinSymbols, logitsOf, softmax } from './table.ts'

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
    graph(model, weights, { columns, input, output }) {
      const network = model as ExampleNetwork
      const inputs = inputsFor(problem, { input, answer: output }, columns)
      const logits = isPair
        ? traceGreedy(network, weights, { x: inputs.x, mask: inputs.mask, steps: output, unknown }).logits
        : traceExamples(network, problem, weights, inputs, false).logits
      return { logits: classLogits(network, logits) }
    },
    write: (executable, texts) =>
      writeExamples(
        executable,
        problem,
        texts.map((input) => ({ input, answer: [] })),
      ),
    read(executable, lengths, top) {
      const { steps, at } = logitsOf(executable)
      const probabilities = (column: number, step: number) => softmax(at(column, step))
      return lengths.map((length, column): TextAnswer => {
        if (topology === 'one')
          return { kind: 'class', classes: likeliest(names, probabilities(column, 0), top ?? names.length) }
        if (isPair) return outputText(problem, names, steps, (step) => probabilities(column, step))
        const tags = Array.from({ length }, (_, step) =>
          likeliest(names, probabilities(column, step), top ?? 1),
        )
        return { kind: 'tags', tags }
      })
    },
  }
}

const likeliest = (names: readonly string[], probabilities: readonly number[], count: number): Choice[] =>
  largestFirst(probabilities, count).map((id) => ({ name: names[id]!, probability: probabilities[id]! }))

/** The most probable symbol of each step up to the end token. */
function outputText(
  problem: Problem,
  names: readonly string[],
  steps: number,
  probabilitiesAt: (step: number) => number[],
): TextAnswer {
  const end = names.length - 1
  const symbols: Extract<TextAnswer, { kind: 'text' }>['symbols'] = []
  let logProbability = 0
  let ended = false
  for (let step = 0; step < steps && !ended; step++) {
    const probabilities = probabilitiesAt(step)
    const id = largestFirst(probabilities, 1)[0]!
    const probability = probabilities[id]!
    logProbability += Math.log(probability)
    ended = id === end
    if (!ended) symbols.push({ name: names[id]!, probability, logProbability: Math.log(probability) })
  }
  const text = joinSymbols(
    problem,
    symbols.map(({ name }) => name),
  )
  return { kind: 'text', text, symbols, ended, logProbability }
}
