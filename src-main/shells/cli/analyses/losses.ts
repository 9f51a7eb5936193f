// `unroll analyse losses RUN [OTHER]`: where the loss is, by class of symbols, beside an n-gram model and another run.
import type { Command } from 'commander'
import type { Losses } from '../../../contract/losses.ts'
import { figure, table } from '../format.ts'
import { collect, number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  by?: string[]
  ngram?: number
  otherStep?: number
}

export function addLosses(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('losses')
    .description('the loss by class of symbols, beside an n-gram model and another run')
    .argument('<run>')
    .argument('[other]', 'a second run that reads the same text')
  textFlags(command)
    .option('--by <predicate>', 'split the symbols by a predicate; may be repeated', collect)
    .option('--ngram <n>', 'order of the n-gram model, 0 for none; 9 if left out', number('ngram'))
    .option('--other-step <n>', 'the checkpoint of the other run; else its best', number('other-step'))
    .action((word: string, otherWord: string | undefined, flags: Flags) =>
      cli.start(async (app) => {
        const run = await analysedRun(app, word)
        const other = otherWord === undefined ? undefined : await analysedRun(app, otherWord)
        const found = await app.call('inspect.losses', {
          ...textInput(flags),
          id: run.id,
          ...(other && { other: { id: other.id, step: flags.otherStep } }),
          predicates: flags.by,
          ngram: flags.ngram,
        })
        cli.out.object({ run: run.id, otherRun: other?.id ?? null, ...found })
        for (const line of lines(found)) cli.out.line(line)
      }),
    )
}

function lines({ rows, errorClasses, overlap, order, trainingSymbols, step, otherStep }: Losses): string[] {
  const counted = order > 0 ? `; ${order}-gram model of ${trainingSymbols} training symbols` : ''
  const compared = otherStep === null ? '' : `; the other run at step ${otherStep}`
  const columns = rows.map((row) => [
    row.holds === null ? row.name : `${row.name}: ${row.holds ? 'holds' : 'does not hold'}`,
    String(row.count),
    ...[row.network, row.ngram, row.ngram === null ? null : row.network - row.ngram].map(figure),
    ...[row.other, row.other === null ? null : row.network - row.other].map(figure),
  ])
  const head = ['symbols', 'count>', 'network>', 'n-gram>', 'network - n-gram>', 'other>', 'network - other>']
  const total = errorClasses?.reduce((sum, { errors }) => sum + errors, 0) ?? 0
  return [
    `mean loss at step ${step}, nats per symbol${counted}${compared}`,
    ...table(head, columns),
    ...(errorClasses
      ? [
          `${total} symbols got a probability below 0.5; what would mend them, in this order:`,
          ...table(
            ['remedy', 'errors>', 'share>', 'nats>'],
            errorClasses.map(({ name, errors, loss }) => [
              name,
              String(errors),
              `${figure((100 * errors) / Math.max(1, total))} %`,
              figure(loss),
            ]),
          ),
        ]
      : []),
    ...(overlap
      ? [
          `below 0.5 for both ${overlap.both}, for the network alone ${overlap.networkOnly}, for the n-gram model alone ${overlap.ngramOnly}, for neither ${overlap.neither}`,
        ]
      : []),
  ]
}
