// `unroll compare RUN RUN ...`: the options that differ, beside the results up to the last step that all runs have reached.
import type { Command } from 'commander'
import type { ComparedClaim } from '../../../contract/claim.ts'
import type { Client, RunComparison } from '../../../contract/api.ts'
import { commonStep, bestIndices, measuredUpTo, type Measured } from '../../../contract/comparison.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { settingText } from '../../../contract/settingText.ts'
import { withLayerFromOne } from './claims.ts'
import { findRun } from '../findRun.ts'
import { figure, standing, table } from '../format.ts'
import type { Cli } from '../run.ts'

/** Measurements up to one step: per metric the values of each run. */
interface Values {
  step: number
  metrics: ({ name: string } & Record<keyof Measured, (number | null)[]>)[]
}

async function valuesUpTo(app: Client, step: number, { runs, metrics }: RunComparison): Promise<Values> {
  const curves = await app.call('runs.metrics', { ids: runs.map(({ id }) => id), to: step })
  return {
    step,
    metrics: metrics.map(({ name, direction }) => {
      const measured = runs.map(({ id }) => {
        const chunks = curves.find((one) => one.id === id)?.chunks
        return measuredUpTo(
          chunks?.find((chunk) => chunk.name === name),
          step,
          direction,
        )
      })
      const all = (key: keyof Measured) => measured.map((one) => one[key])
      return {
        name,
        best: all('best'),
        bestStep: all('bestStep'),
        last: all('last'),
        lastStep: all('lastStep'),
      }
    }),
  }
}

/** The last AUC of a claim in each run, whether it holds, and when it first held. */
const claimRow = ({ claim, runs }: ComparedClaim): string[] => [
  `claim ${claim.name}`,
  ...runs.map((one) => {
    if (!one) return '—  '
    const born = one.birth === null ? '' : `, born at ${one.birth}`
    return `${figure(one.auc)} ${one.auc >= claim.threshold ? 'holds' : 'fails'}${born}  `
  }),
]

export function compareCommand(program: Command, cli: Cli): void {
  program
    .command('compare')
    .description('compare the settings and results of two or more runs')
    .argument('<runs...>')
    .option('--all', 'also settings that are equal')
    .option(
      '--as-ended',
      'the values of each run up to its own end, not up to the last step that all have reached',
    )
    .action((words: string[], flags: { all?: boolean; asEnded?: boolean }) =>
      cli.start(async (app) => {
        const ids: string[] = []
        for (const word of words) ids.push((await findRun(app, word)).id)
        if (new Set(ids).size < 2)
          throw new UnrollError('E_ARG', 'compare: name at least two different runs.')
        const comparison = await app.call('runs.compare', { ids: [...new Set(ids)] })
        const { runs, differences, same, metrics, claims } = comparison
        const common = flags.asEnded ? null : commonStep(runs.map((run) => run.step))
        const upTo = common === null ? null : await valuesUpTo(app, common, comparison)
        cli.out.object({
          ...comparison,
          claims: claims.map((one) => ({ ...one, claim: withLayerFromOne(one.claim) })),
          upTo,
        })
        const results = metrics.flatMap(({ name, direction, like, ...ended }, i) => {
          const { best, last } = upTo?.metrics[i] ?? ended
          // Up to that step some metrics have no value yet.
          if (last.every((value) => value === null)) return []
          const row = (label: string, values: readonly (number | null)[]) => {
            const first = bestIndices(values, like, direction)
            return [
              `${name} ${label}`,
              ...values.map((value, n) => figure(value) + (first.has(n) ? ' *' : '  ')),
            ]
          }
          return [...(direction ? [row('best', best)] : []), row('last', last)]
        })
        const headings = ['', ...runs.map((run) => `${run.name}>`)]
        const show = (value: string | number | boolean | null) => settingText(value) || '—'
        const rows = [
          ['status', ...runs.map(standing)],
          ['step', ...runs.map((run) => String(run.step))],
          ...differences.map(({ path, values }) => [path, ...values.map(show)]),
          ...(flags.all ? same.map(({ path, value }) => [path, ...runs.map(() => show(value))]) : []),
          ...results,
          ...claims.map(claimRow),
        ]
        for (const line of table(headings, rows)) cli.out.line(line)
        if (results.some((row) => row.some((cell) => cell.endsWith('*'))))
          cli.out.line('* best of the runs that measure the same')
        if (claims.some((one) => one.runs.includes(null)))
          cli.out.line('— at a claim: not tested while training; "unroll claims test RUN" tests a checkpoint')
        if (common !== null)
          cli.out.line(`best and last up to step ${common}, which all have reached; --as-ended for all steps`)
      }),
    )
}
