// `unroll analyse matrix RUN...`: predicates by runs, the best unit of each run for each predicate over the same text.
import type { Command } from 'commander'
import type { PredicateUnits } from '../../../contract/inspect.ts'
import { commonPredicates } from '../../../contract/predicate/common.ts'
import { figure, table } from '../format.ts'
import { collect } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  find?: string[]
  signal?: string[]
}

export function addMatrix(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('matrix')
    .description(
      'predicates by runs: the best unit of each run for each predicate, over the text of the first',
    )
    .argument('<runs...>')
  textFlags(command)
    .option('--find <predicate>', 'a predicate; may be repeated; a list of common ones if left out', collect)
    .option('--signal <id>', 'only this signal; may be repeated', collect)
    .action((words: string[], flags: Flags) =>
      cli.start(async (app) => {
        const { find: predicates = [...commonPredicates], signal: signals } = flags
        const columns: { name: string; run: string; found: PredicateUnits }[] = []
        for (const word of words) {
          const run = await analysedRun(app, word)
          const first = columns[0]?.found
          // All read the text of the first run, each with its own model.
          const read = first?.text == null ? textInput(flags) : { text: first.text }
          const found = await app.call('inspect.predicates', { ...read, id: run.id, predicates, signals })
          columns.push({ name: run.name, run: run.id, found })
        }
        cli.out.object({
          positions: columns[0]!.found.positions,
          runs: columns.map(({ run, found: { step, rows } }) => ({ run, step, rows })),
        })
        const rows = predicates.map((predicate, i) => [
          predicate,
          ...columns.map(({ found }) => cell(found.rows[i]!)),
        ])
        for (const line of table(['predicate', ...columns.map(({ name }) => name)], rows)) cli.out.line(line)
      }),
    )
}

function cell({ unit, sign, score, kind, reason }: PredicateUnits['rows'][number]): string {
  if (!unit) return reason?.includes('never holds') ? 'never holds' : '—'
  return `${kind === 'number' ? 'r ' : ''}${figure(score)} ${sign < 0 ? '-' : '+'}L${unit.layer + 1}.${unit.signal}[${unit.unit}]`
}
