// Writes examples into the inputs of a program: padded to its length, one batch column each, with masks and target masks.
import { input } from '../../graph/ops.ts'
import type { Node } from '../../graph/node.ts'
import type { Executable } from '../../run/executor.ts'
import type { Length } from './batches.ts'
import { stepsOf, type Example, type Problem } from './example.ts'
import { extrapolationInput, type Targets } from './loss.ts'

/** Input nodes of a program; T input steps, A answer steps, B columns. */
export interface Inputs {
  x: Node
  mask: Node | undefined
  /** Of a pair: the answer symbol one step before (A, B), and the mask of the answers (A, B). */
  previous: Node | undefined
  answerMask: Node | undefined
  targets: Targets
}

/** Input name of the mask over a pair's answers. */
const answerMaskInput = 'inside'

/** Creates the input nodes for `columns` examples padded to `length`. */
export function inputsFor(
  { topology, input: from, output, fixedLength }: Problem,
  length: Length,
  columns: number,
): Inputs {
  const steps = [length.input, columns]
  const asked = topology === 'one' ? [columns] : topology === 'pair' ? [length.answer, columns] : steps
  const count = numbersPerAnswer(output)
  return {
    x: 'channels' in from ? input('numbers', [...steps, from.channels]) : input('ids', steps),
    mask: fixedLength ? undefined : input('mask', steps),
    previous: topology === 'pair' ? input('previous', asked) : undefined,
    answerMask: topology === 'pair' ? input(answerMaskInput, asked) : undefined,
    targets: {
      answers: input('answers', count > 1 ? [...asked, count] : asked),
      given: input('given', asked),
      stops: output.kind === 'number' && output.stop ? input('stops', asked) : undefined,
    },
  }
}

/** Numbers of one answer; 1 for ids. */
const numbersPerAnswer = (output: Problem['output']): number => (output.kind === 'number' ? output.count : 1)

/** Targets of an example: its answers, of a pair with the end token. */
function targetsOf({ topology, output }: Problem, { answer }: Example): ArrayLike<number> {
  if (topology !== 'pair' || output.kind !== 'classes') return answer
  return [...Array.from(answer), output.count - 1]
}

/** Whether a step has a target: -1 means none, except for numbers. */
const hasTarget = ({ output }: Problem, value: number): boolean => output.kind === 'number' || value >= 0

/**
 * Writes the examples (at most one per column) into the inputs that the program has. `weights`: by class, 1 by default. Throws RangeError
 * for an example that is longer than the program's padded length.
 */
export function writeExamples(
  executable: Executable,
  problem: Problem,
  examples: readonly Example[],
  weights?: readonly number[],
): void {
  const { slots } = executable.program
  const channels = 'channels' in problem.input ? problem.input.channels : 1
  const scale = problem.numberScale ?? 1
  const xName = 'channels' in problem.input ? 'numbers' : 'ids'
  const [steps, columns] = slots.get(xName)!.shape as [number, number]
  const sizeOf = (name: string) => slots.get(name)?.shape.reduce((n, d) => n * d, 1) ?? 0
  const buffers = new Map<string, Float64Array>()
  const buffer = (name: string, fill = 0) => {
    const made = new Float64Array(sizeOf(name)).fill(fill)
    buffers.set(name, made)
    return made
  }
  const x = buffer(xName, channels === 1 && xName === 'ids' ? -1 : 0)
  const mask = buffer('mask')
  const previous = buffer('previous', -1)
  const answers = buffer('answers', problem.output.kind === 'classes' ? -1 : 0)
  const given = buffer('given')
  const stops = buffer('stops')
  const answerMask = buffer(answerMaskInput)
  const extrapolation = buffer(extrapolationInput)
  const legal = buffer('legal')
  const classes = problem.output.kind === 'classes' ? problem.output.count : 0
  examples.forEach((example, b) => {
    const length = stepsOf(problem, example)
    const read = example.input
    if (length > steps) throw new RangeError(`an example of ${length} steps for a program of ${steps}`)
    for (let t = 0; t < length; t++) {
      const at = t * columns + b
      for (let i = 0; i < channels; i++) x[at * channels + i] = scale * read[t * channels + i]!
      if (mask.length > 0) mask[at] = 1
    }
    const targets = targetsOf(problem, example)
    const count = numbersPerAnswer(problem.output)
    const answerScale = problem.output.kind === 'number' ? scale : 1
    const answered = targets.length / count
    for (let t = 0; t < answered; t++) {
      const at = t * columns + b
      const value = targets[t * count]!
      if (answerMask.length > 0) answerMask[at] = 1
      if (!hasTarget(problem, value)) continue
      if (answers.length > 0)
        for (let i = 0; i < count; i++) answers[at * count + i] = answerScale * targets[t * count + i]!
      const counts = value === problem.unknown ? 0 : 1
      if (example.extrapolation) {
        if (extrapolation.length > 0) extrapolation[at] = counts
      } else if (given.length > 0) given[at] = counts * (weights?.[value] ?? 1)
      if (stops.length > 0 && t === answered - 1) stops[at] = 1
      if (previous.length > 0 && t + 1 < answered) previous[(t + 1) * columns + b] = value
      if (legal.length > 0 && example.legal)
        for (let k = 0; k < classes; k++) legal[at * classes + k] = (example.legal[t]! >> k) & 1
    }
  })
  for (const [name, values] of buffers) if (slots.has(name)) executable.write(name, values)
}
