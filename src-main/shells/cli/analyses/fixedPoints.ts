// `unroll analyse fixed-points RUN`: states that do not change while one symbol or one vector of numbers is read.
import type { Command } from 'commander'
import { sequenceStep, type FixedPoint, type FixedPoints } from '../../../contract/dynamics.ts'
import { figure, table } from '../format.ts'
import { number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, inputsFlag, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  symbol?: string
  inputs?: number[]
  starts?: number
  noise?: number
  iterations?: number
  seed?: number
}

export function addFixedPoints(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('fixed-points')
    .description('fixed points of the state while one input is read, with their eigenvalues')
    .argument('<run>')
  textFlags(command)
    .option('--symbol <symbol>', 'the symbol; the most frequent one of the text if left out')
    .addOption(inputsFlag)
    .option(
      '--starts <n>',
      'visited states from which the search starts; 1024 if left out, 256 for a state of more than 32 values',
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
        const run = await analysedRun(app, word, true)
        const { symbol, inputs, starts, noise, iterations, seed } = flags
        const input = { ...textInput(flags), id: run.id, symbol, inputs, starts, noise, iterations, seed }
        const found = await app.call('inspect.fixedPoints', input)
        cli.out.object({ run: run.id, ...found })
        const stable = found.points.filter(({ unstable }) => unstable === 0).length
        cli.out.line(
          `reading ${found.inputs ? [...found.inputs].map(figure).join(', ') : JSON.stringify(found.symbol)} for ever at step ${found.step}: ${found.points.length} fixed ${found.points.length === 1 ? 'point' : 'points'}, ${stable} stable`,
        )
        cli.out.line(
          `${found.starts} searches; ${found.unconverged} reached no fixed point${found.slowest === null ? '' : ` (smallest speed ${figure(found.slowest)})`}, ${found.dropped} ended far away`,
        )
        cli.out.line(
          `the indices of the points sum to ${found.indexSum}${found.indexSum === 1 ? '' : '; if the states are bounded, some points are missing'}`,
        )
        const rows = found.points.map((point, i) => [
          String(i + 1),
          point.unstable === 0 ? 'stable' : `${point.unstable} unstable`,
          eigenvalue(point, 0),
          eigenvalue(point, 1),
          figure(point.q),
          String(point.starts),
          ...(found.sequences ? [[...point.outputs].map(figure).join(' ')] : []),
          context(found, point.nearest[0]?.position),
          figure(point.nearest[0]?.distance),
        ])
        const nearest = found.sequences ? ['outputs', 'nearest step'] : ['nearest text']
        const head = ['point>', 'modes', 'eigenvalue 1>', '2>', 'q>', 'starts>', ...nearest, 'distance>']
        for (const line of table(head, rows)) cli.out.line(line)
      }),
    )
}

/** "0.98", "0.5 ± 0.2i". */
function eigenvalue({ re, im }: FixedPoint, index: number): string {
  if (re[index] === undefined) return '—'
  return im[index] === 0 ? figure(re[index]) : `${figure(re[index])} ± ${figure(Math.abs(im[index]!))}i`
}

/** The 12 symbols up to a position, or the step of a sequence of numbers; both count from 1. */
function context({ tokens, sequences }: FixedPoints, position: number | undefined): string {
  if (position === undefined) return '—'
  if (!sequences) return JSON.stringify(tokens.slice(Math.max(0, position - 11), position + 1).join(''))
  const { sequence, step } = sequenceStep(sequences.starts, position)
  return `sequence ${sequence + 1}, step ${step + 1}`
}
