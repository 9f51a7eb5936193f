// Formats predictions as a table: input, expected answer and predicted answer of a few examples.
import type { ExamplesTable } from '../../../contract/run.ts'
import { largest } from '../../../contract/longLists.ts'
import type { Node } from '../../graph/node.ts'
import { classLogits } from '../../nn/ends.ts'
import type { LossName } from '../../nn/losses.ts'
import type { Executable } from '../../run/executor.ts'
import { alignmentReader } from './alignment.ts'
import { classNames } from './lines.ts'
import { stepsOf, type Example, type NumberOutput, type Problem } from './example.ts'
import { answerNumbers } from './numbers.ts'
import type { ExampleNetwork } from './network.ts'
import { writeSymbols } from '../../data/writing.ts'

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const percent = (p: number) => `${Math.round(100 * p)} %`
/** Longer texts are truncated to this many characters. */
const maxShownCharacters = 600

const cut = (text: string): string =>
  text.length > maxShownCharacters ? `${text.slice(0, maxShownCharacters)}…` : text

/** Probabilities of logits. */
export function softmax(z: readonly number[]): number[] {
  const top = largest(z)
  const powers = z.map((v) => Math.exp(v - top))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((p) => p / total)
}

const argmax = (z: readonly number[]): number => z.reduce((at, v, i) => (v > z[at]! ? i : at), 0)

/** The steps of `logits` (T, B, O) or (B, O) of a program, and the logits (O) of a column at a step. */
export function logitsOf(executable: Executable): {
  steps: number
  at(column: number, step: number): number[]
} {
  const { shape } = executable.program.slots.get('logits')!
  const values = executable.read('logits')
  const outputs = shape.at(-1)!
  const columns = shape.at(-2)!
  return {
    steps: shape.length === 3 ? shape[0]! : 1,
    at(column, step) {
      const from = (step * columns + column) * outputs
      return Array.from(values.subarray(from, from + outputs))
    },
  }
}

/** The outputs that tables read, from those of the network: logits of the classes, numbers with the stop output, or one logit. */
export function tableOutputs(
  network: ExampleNetwork,
  { output }: Problem,
  loss: LossName,
  logits: Node,
): Node {
  if (output.kind === 'classes') return classLogits(network, logits)
  return output.kind === 'number' ? answerNumbers(loss, output, logits) : logits
}

/** Weights of an alignment of a table, which is stored, at most. */
const maxTableWeights = 4096

/**
 * Reads `logits` (T, B, O) or (B, O) of a program (of a pair: of greedy decoding, with `alignments` if it has attention) and formats a row for each
 * of `examples`, one per column. `window`: input symbols per output of the encoder.
 */
export function tableOf(
  problem: Problem,
  examples: readonly Example[],
  executable: Executable,
  window = 1,
): ExamplesTable {
  const pair = problem.topology === 'pair'
  const { steps: allSteps, at } = logitsOf(executable)
  const answer = answerFormatter(problem)
  const alignmentOf = alignmentReader(executable, window)
  return {
    kind: 'examples',
    ...(pair && { pairs: true }),
    rows: examples.map((example, b) => {
      const shown = problem.formatExample?.(example)
      const source = example.written?.input ?? Array.from(example.input, (id) => problem.symbols[id]!)
      const input = shown?.input ?? joinSymbols(problem, source)
      const steps = problem.topology === 'one' ? 1 : pair ? allSteps : stepsOf(problem, example)
      const { predicted, right, expected, symbols } = answer(
        example,
        Array.from({ length: steps }, (_, t) => at(b, t)),
      )
      const alignment =
        symbols && alignmentOf({ source, output: symbols, columns: symbols.map(() => b) }, maxTableWeights)
      return {
        input: cut(input),
        expected: cut(shown?.expected ?? expected),
        predicted: cut(predicted),
        right,
        ...(alignment && { alignment }),
      }
    }),
  }
}

/** Joins symbols to a text; words are written as running text, except tagged words, which are separated by spaces. */
export const joinSymbols = ({ separator, topology }: Problem, symbols: readonly string[]): string =>
  separator === ' ' && topology !== 'each' ? writeSymbols(symbols, 'word') : symbols.join(separator)

interface FormattedAnswer {
  expected: string
  predicted: string
  right: boolean
  /** Symbols of the output of a pair. */
  symbols?: string[]
}

/** A function that formats the outputs of an example, logits per step, and compares them with its answer. */
function answerFormatter(problem: Problem): (example: Example, outputs: number[][]) => FormattedAnswer {
  const { topology, output, judge, separator } = problem
  const names = classNames(problem)
  if (output.kind === 'number') return (example, outputs) => formatNumbers(example, outputs, problem)
  if (topology === 'one')
    return ({ answer }, [z]) => {
      const p = output.kind === 'bit' ? [1 - sigmoid(z![0]!), sigmoid(z![0]!)] : softmax(z!)
      const guess = argmax(p)
      return {
        expected: names[answer[0]!] ?? '?',
        predicted: `${names[guess]} (${percent(p[guess]!)})`,
        right: guess === answer[0],
      }
    }
  if (topology === 'pair')
    return ({ answer, written }, outputs) => {
      const ids = outputs.map(argmax)
      const end = ids.indexOf(names.length - 1)
      const said = end < 0 ? ids : ids.slice(0, end)
      const right = end >= 0 && said.length === answer.length && said.every((id, i) => id === answer[i])
      const symbolsOf = (list: ArrayLike<number>) => Array.from(list, (id) => names[id]!)
      const symbols = symbolsOf(said)
      return {
        expected: joinSymbols(problem, written?.answer ?? symbolsOf(answer)),
        predicted: joinSymbols(problem, symbols) + (end < 0 ? ' …' : ''),
        right,
        symbols,
      }
    }
  if (judge.kind === 'legal')
    return ({ legal }, outputs) => {
      const sets = outputs.map((z) => softmax(z).map((p) => p > judge.threshold))
      const wanted = outputs.map((_, t) => names.map((_name, k) => ((legal![t]! >> k) & 1) === 1))
      const write = (rows: boolean[][]) =>
        rows.map((row) => names.filter((_, k) => row[k]).join('') || '∅').join(' ')
      const [expected, predicted] = [write(wanted), write(sets)]
      return { expected, predicted, right: expected === predicted }
    }
  return ({ answer, legal }, outputs) => {
    const ids = outputs.map((z) => (output.kind === 'bit' ? Number(z[0]! > 0) : argmax(z)))
    const asked = ids.map((_, t) => answer[t]! >= 0)
    const isOpen = (t: number) => judge.kind === 'determined' && (legal![t]! & (legal![t]! - 1)) !== 0
    const bits = output.kind === 'bit'
    const write = (list: ArrayLike<number>) =>
      ids.flatMap((_, t) => (asked[t] ? [bits ? String(list[t]) : names[list[t]!]!] : [])).join(separator)
    const right = ids.every((id, t) => !asked[t] || isOpen(t) || id === answer[t])
    return { expected: write(answer), predicted: write(ids), right }
  }
}

function formatNumbers(example: Example, outputs: number[][], problem: Problem): FormattedAnswer {
  const { answer } = example
  const { tolerance } = problem
  const { count, stop: stops } = problem.output as NumberOutput
  const first = outputs.findIndex((step) => step[count]! > 0)
  const digits = stops ? 2 : 3
  const end = stops ? (first < 0 ? outputs.length : first + 1) : outputs.length
  const values = outputs.slice(0, end).flatMap((step) => step.slice(0, count))
  const near = tolerance === 0 || values.every((v, i) => Math.abs(v - answer[i]!) < tolerance)
  const format = problem.formatNumber ?? ((v: number) => v.toFixed(digits))
  const write = (list: readonly number[]) => list.map((value, i) => format(value, i, example)).join(' ')
  const more = stops && first < 0 ? ' …' : ''
  return {
    expected: write(Array.from(answer)),
    predicted: write(values) + more,
    right: near && end * count === answer.length && !more,
  }
}
