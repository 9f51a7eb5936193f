// The type of a generated problem: one file in problems/ with defineProblem, one line in problems/index.ts. Padding, losses, metrics and
// the table of predictions follow from it.
import { z } from 'zod'
import { meta } from '../../../contract/fieldMeta.ts'
import type { MetricRow } from '../../../contract/metrics.ts'
import type { randomStream } from '../../run/random.ts'
import type { Example, Problem } from '../examples/example.ts'

export type Random = ReturnType<typeof randomStream>

/** A problem whose examples are drawn at random. */
export interface GeneratedProblem extends Problem {
  /** Draws an example. */
  draw(random: Random): Example
  /** Fixed validation examples, one of each length; by default they are drawn. */
  heldOut?: readonly Example[]
}

/** Row of a problem: its texts, its options and its constructor. */
export interface ProblemRow<O extends z.ZodRawShape> {
  /** Value of `data.problem`. */
  id: string
  /** Shown after the id in the menu of problems. */
  about: string
  /** The meaning of `data.length`; undefined if the problem does not use it. */
  length?: string
  /** Options that only this problem has. */
  options?: O
  /** Short description of the data in the names of runs; default: id and length. */
  summary?(options: z.output<z.ZodObject<O>> & { length: number }): string
  /** An example input for inspecting units; undefined if the problem reads numbers. */
  exampleInput?: string
  /** Metrics in addition to loss, accuracy and exact match, which all problems share. */
  metrics?: readonly MetricRow[]
  make(options: z.output<z.ZodObject<O>> & { length: number }): GeneratedProblem
}

export type AnyProblem = ProblemRow<z.ZodRawShape>
export const defineProblem = <O extends z.ZodRawShape>(row: ProblemRow<O>): AnyProblem =>
  row as unknown as AnyProblem

/** Properties shared by most problems: symbols as input and output, right if the most probable symbol is the answer. */
export const problemDefaults = {
  words: false,
  unknown: -1,
  separator: '',
  judge: { kind: 'argmax' },
  tolerance: 0,
  predictsNext: false,
  fixedLength: false,
  extrapolates: false,
} as const

export const letters = 'abcdefghijklmnopqrstuvwxyz'

/** The schema of `data`: the problem, its length, and the options of all problems, each of which applies to its problem only. */
export function dataOf(problems: readonly AnyProblem[]) {
  const forProblems = (rows: readonly AnyProblem[]) => ({
    when: { path: 'data.problem', in: rows.map(({ id }) => id) },
  })
  const sized = problems.filter(({ length }) => length !== undefined)
  const lengths = Map.groupBy(sized, ({ length }) => length!)
  const lengthHelp = [...lengths].map(([what, rows]) => `${rows.map(({ id }) => id).join(', ')}: ${what}.`)
  const options = Object.fromEntries(
    problems.flatMap((row) =>
      Object.entries(row.options ?? {}).map(([name, schema]) => {
        const own = schema as z.ZodType
        return [name, own.meta({ ...own.meta(), ...forProblems([row]) })]
      }),
    ),
  )
  const ids = problems.map(({ id }) => id)
  const values = Object.fromEntries(problems.map(({ id, about }) => [id, about]))
  return z.strictObject({
    problem: z
      .enum(ids as [string, ...string[]])
      .default(ids[0]!)
      .meta(meta('Problem', '', { values })),
    length: z
      .int()
      .min(2)
      .max(2000)
      .default(20)
      .meta(meta('Length', lengthHelp.join(' '), { scale: 'log', ...forProblems(sized) })),
    ...options,
  })
}
