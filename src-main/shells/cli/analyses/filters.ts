// `unroll analyse filters RUN`: the accuracy on held-out images under filters of several strengths.
import type { Command } from 'commander'
import { UnrollError } from '../../../contract/errors.ts'
import { imageFilters } from '../../../contract/imageFilters.ts'
import { whyNoFilters } from '../../../contract/taskInfo.ts'
import { findRun } from '../findRun.ts'
import { table } from '../format.ts'
import { number } from '../options.ts'
import type { Cli } from '../run.ts'

interface Flags {
  images?: number
  example?: number
  step?: number
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

export function addFilters(analyse: Command, cli: Cli): void {
  analyse
    .command('filters')
    .description(
      'accuracy on held-out images under noise, blur, contrast, inversion, rotation, occlusion and shift',
    )
    .argument('<run>')
    .option('--images <n>', 'held-out images to read; 500 if left out', number('images'))
    .option(
      '--example <n>',
      'number of the held-out image whose answers are told, from 0; 0 if left out',
      number('example'),
    )
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await findRun(app, word)
        const why = whyNoFilters(run.task)
        if (why)
          throw new UnrollError('E_ARG', `${run.name} ${why}.`, { advice: { action: 'show', run: run.id } })
        const found = await app.call('inspect.filters', { id: run.id, ...flags })
        const { out } = cli
        out.object({ run: run.id, ...found })
        out.line(
          `${found.images} held-out images at step ${found.step}: accuracy ${percent(found.accuracy)}, the most frequent class ${percent(found.majority)}`,
        )
        const { index, expected, answer } = found.example
        out.line(`image ${index} is ${expected}, predicted ${answer}`)
        const rows = found.filters.flatMap(({ id, cells }) => {
          const title = imageFilters.find((filter) => filter.id === id)!.title
          return cells.map((cell, i) => [
            i === 0 ? title : '',
            String(cell.strength),
            percent(cell.accuracy),
            `${cell.answer} (${Math.round(100 * cell.probability)} %)`,
          ])
        })
        for (const line of table(['filter', 'strength>', 'accuracy>', `image ${index}`], rows)) out.line(line)
      }),
    )
}
