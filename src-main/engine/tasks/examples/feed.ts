// Examples -> the inputs of a program: padded to a length, one column each, with masks and the places where an answer is asked.
import { input } from '../../graph/ops.ts'
import type { Node } from '../../graph/node.ts'
import type { Executable } from '../../run/executor.ts'
import type { Length } from './batches.ts'
import { stepsOf, type Example, type Problem } from './example.ts'
import { beyondInput, type Asked } from './loss.ts'

export interface Inputs {
  x: Node
  mask: Node | undefined
  /** Of a pair: the symbol before each answer, and the mask of the answers. */
  previous: Node | undefined
  inside: Node | undefined
  asked: Asked
}

/** Slot of the mask of a pair's answers. */
const insideInput = 'inside'

/** Input nodes for `columns` examples of a length. */
export function inputsFor(
  { topology, input: from, output, uniform }: Problem,
  length: Length,
  columns: number,
): Inputs {
  const steps = [length.input, columns]
  const asked = topology === 'one' ? [columns] : topology === 'pair' ? [length.answer, columns] : steps
  return {
    x: 'lines' in from ? input('numbers', [...steps, from.lines]) : input('ids', steps),
    mask: uniform ? undefined : input('mask', steps),
    previous: topology === 'pair' ? input('previous', asked) : undefined,
    inside: topology === 'pair' ? input(insideInput, asked) : undefined,
    asked: {
      answers: input('answers', asked),
      given: input('given', asked),
      stops: output.kind === 'number' && output.stop ? input('stops', asked) : undefined,
    },
  }
}

/** The answers of an example as they are asked for: of a pair with its end token. */
function answersOf({ topology, output }: Problem, { answer }: Example): ArrayLike<number> {
  if (topology !== 'pair' || output.kind !== 'classes') return answer
  return [...Array.from(answer), output.count - 1]
}

/** Whether -1 is a missing answer, not a number. */
const isAsked = ({ output }: Problem, value: number): boolean => output.kind === 'number' || value >= 0

/** Writes what the program has slots for. `examples`: at most as many as it has columns. `weights` by class; 1 when missing. */
export function writeExamples(
  executable: Executable,
  problem: Problem,
  examples: readonly Example[],
  weights?: readonly number[],
): void {
  const { slots } = executable.program
  const lines = 'lines' in problem.input ? problem.input.lines : 1
  const xName = 'lines' in problem.input ? 'numbers' : 'ids'
  const [steps, columns] = slots.get(xName)!.shape as [number, number]
  const sizeOf = (name: string) => slots.get(name)?.shape.reduce((n, d) => n * d, 1) ?? 0
  const buffers = new Map<string, Float64Array>()
  const buffer = (name: string, fill = 0) => {
    const made = new Float64Array(sizeOf(name)).fill(fill)
    buffers.set(name, made)
    return made
  }
  const x = buffer(xName, lines === 1 && xName === 'ids' ? -1 : 0)
  const mask = buffer('mask')
  const previous = buffer('previous', -1)
  const answers = buffer('answers', problem.output.kind === 'classes' ? -1 : 0)
  const given = buffer('given')
  const stops = buffer('stops')
  const inside = buffer(insideInput)
  const beyond = buffer(beyondInput)
  const legal = buffer('legal')
  const classes = problem.output.kind === 'classes' ? problem.output.count : 0
  examples.forEach((example, b) => {
    const length = stepsOf(problem, example)
    if (length > steps) throw new RangeError(`an example of ${length} steps for a program of ${steps}`)
    for (let t = 0; t < length; t++) {
      const at = t * columns + b
      for (let i = 0; i < lines; i++) x[at * lines + i] = example.input[t * lines + i]!
      if (mask.length > 0) mask[at] = 1
    }
    const wanted = answersOf(problem, example)
    for (let t = 0; t < wanted.length; t++) {
      const at = t * columns + b
      const value = wanted[t]!
      if (inside.length > 0) inside[at] = 1
      if (!isAsked(problem, value)) continue
      if (answers.length > 0) answers[at] = value
      const counts = value === problem.unknown ? 0 : 1
      if (example.beyond) {
        if (beyond.length > 0) beyond[at] = counts
      } else if (given.length > 0) given[at] = counts * (weights?.[value] ?? 1)
      if (stops.length > 0 && t === wanted.length - 1) stops[at] = 1
      if (previous.length > 0 && t + 1 < wanted.length) previous[(t + 1) * columns + b] = value
      if (legal.length > 0 && example.legal)
        for (let k = 0; k < classes; k++) legal[at * classes + k] = (example.legal[t]! >> k) & 1
    }
  })
  for (const [name, values] of buffers) if (slots.has(name)) executable.write(name, values)
}
