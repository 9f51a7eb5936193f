// `unroll analyse fixed-points RUN`: states that do not change while one symbol is read.
import type { Command } from 'commander'
import type { FixedPoint } from '../../../contract/analyses.ts'
import { figure, table } from '../format.ts'
import { number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  symbol?: string
  starts?: number
  noise?: number
  iterations?: number
  seed?: number
}

export function addFixedPoints(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('fixed-points')
    .description('fixed points of the state while one symbol is read, with their eigenvalues')
    .argument('<run>')
  textFlags(command)
    .option('--symbol <symbol>', 'the symbol; the most frequent one of the text if left out')
    .option(
      '--starts <n>',
      'states of the text from which the search starts; 256 if left out',
      number('starts'),
    )
    .option('--noise <x>', 'standard deviation of the noise added to them; 0.5 if left out', number('noise'))
    .option(
      '--iterations <n>',
      "of the descent before Newton's method; 400 if left out",
      number('iterations'),
    )
    .option('--seed <n>', 'seed of the starts', number('seed'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await analysedRun(app, word)
        const { symbol, starts, noise, iterations, seed } = flags
        const input = { ...textInput(flags), id: run.id, symbol, starts, noise, iterations, seed }
        const found = await app.call('inspect.fixedPoints', input)
        cli.out.object({ run: run.id, ...found })
        const stable = found.points.filter(({ unstable }) => unstable === 0).length
        cli.out.line(
          `reading ${JSON.stringify(found.symbol)} for ever at step ${found.step}: ${found.points.length} fixed ${found.points.length === 1 ? 'point' : 'points'}, ${stable} stable`,
        )
        cli.out.line(
          `${found.starts} searches; ${found.unconverged} reached no fixed point${found.slowest === null ? '' : ` (smallest speed ${figure(found.slowest)})`}, ${found.dropped} ended far away`,
        )
        const rows = found.points.map((point, i) => [
          String(i + 1),
          point.unstable === 0 ? 'stable' : `${point.unstable} unstable`,
          eigenvalue(point, 0),
          eigenvalue(point, 1),
          figure(point.q),
          String(point.starts),
          context(found.tokens, point.nearest[0]?.position),
          figure(point.nearest[0]?.distance),
        ])
        const head = ['point>', 'modes', 'eigenvalue 1>', '2>', 'q>', 'starts>', 'nearest text', 'distance>']
        for (const line of table(head, rows)) cli.out.line(line)
      }),
    )
}

/** "0.98", "0.5 ± 0.2i". */
function eigenvalue({ re, im }: FixedPoint, index: number): string {
  if (re[index] === undefined) return '—'
  return im[index] === 0 ? figure(re[index]) : `${figure(re[index])} ± ${figure(Math.abs(im[index]!))}i`
}

/** The 12 symbols up to a position. */
const context = (tokens: readonly string[], position: number | undefined): string =>
  position === undefined
    ? '—'
    : JSON.stringify(tokens.slice(Math.max(0, position - 11), position + 1).join(''))
