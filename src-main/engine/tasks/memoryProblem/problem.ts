// What a generated problem is: one file in problems/ with defineProblem, one line in problems/index.ts. Padding, losses, metrics and the
// table of answers follow.
import { z } from 'zod'
import { meta } from '../../../contract/fieldMeta.ts'
import type { MetricRow } from '../../../contract/metrics.ts'
import type { randomStream } from '../../run/random.ts'
import type { Example, Problem } from '../examples/example.ts'

export type Random = ReturnType<typeof randomStream>

/** What goes in, what comes out, and how an example is drawn. */
export interface GeneratedProblem extends Problem {
  /** A fresh example. */
  draw(random: Random): Example
  /** Examples to validate on that are not drawn: every length once. */
  held?: readonly Example[]
}

export interface ProblemRow<O extends z.ZodRawShape> {
  /** Value of `data.problem`. */
  id: string
  /** In the menu of problems, behind the name. */
  about: string
  /** What `data.length` is; missing: the problem does not read it. */
  length?: string
  /** Options of its own. */
  options?: O
  /** Behind the name of a run; missing: id and length. */
  inWords?(options: z.output<z.ZodObject<O>> & { length: number }): string
  /** An input to look at its units with; missing: it reads numbers. */
  exampleInput?: string
  /** What it records beside the loss, the accuracy and the exact match that all problems share. */
  metrics?: readonly MetricRow[]
  make(options: z.output<z.ZodObject<O>> & { length: number }): GeneratedProblem
}

export type AnyProblem = ProblemRow<z.ZodRawShape>
export const defineProblem = <O extends z.ZodRawShape>(row: ProblemRow<O>): AnyProblem =>
  row as unknown as AnyProblem

/** What most problems are: symbols in, symbols out, judged by the most probable one. */
export const plain = {
  words: false,
  unknown: -1,
  space: '',
  judge: { kind: 'likeliest' },
  tolerance: 0,
  next: false,
  uniform: false,
  beyond: false,
} as const

export const letters = 'abcdefghijklmnopqrstuvwxyz'

/** The schema of `data` for a list of problems: the problem, its length, and the options of each, which apply to it alone. */
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
