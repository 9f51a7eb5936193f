// `unroll analyse project RUN`: states, phrases or embeddings in the plane, as columns of numbers.
import { Option, type Command } from 'commander'
import {
  projectionMethods,
  projectionSources,
  type ProjectionMethod,
  type ProjectionSource,
} from '../../../contract/analyses.ts'
import { layerSizes } from '../../../contract/shape.ts'
import { figure, table } from '../format.ts'
import { layerIndex, number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  source?: ProjectionSource
  method?: ProjectionMethod
  signal?: string
  layer?: number
  points?: number
  perplexity?: number
  neighbours?: number
  colour?: string
  seed?: number
}

export function addProjection(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('project')
    .description('states, phrases or embeddings in the plane by PCA, t-SNE or UMAP')
    .argument('<run>')
  textFlags(command)
    .addOption(new Option('--source <what>', 'what is placed; states if left out').choices(projectionSources))
    .addOption(new Option('--method <name>', 'pca if left out').choices(projectionMethods))
    .option('--signal <id>', 'signal of the states; h if left out')
    .option('--layer <n>', 'one layer, counted from 1; all layers together if left out', number('layer'))
    .option('--points <n>', 'most points; 2000 if left out', number('points'))
    .option('--perplexity <x>', 'of t-SNE; 40 if left out', number('perplexity'))
    .option('--neighbours <n>', 'of UMAP; 15 if left out', number('neighbours'))
    .option('--colour <predicate>', 'a predicate whose value is listed; the class of the symbol if left out')
    .option('--seed <n>', 'seed of UMAP', number('seed'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await analysedRun(app, word)
        const { source, method, signal, points, perplexity, neighbours, colour, seed } = flags
        const layer =
          flags.layer === undefined ? undefined : layerIndex(flags.layer, layerSizes(run.config.model).length)
        const how = { source, method, signal, layer, points, perplexity, neighbours, colour, seed }
        const found = await app.call('inspect.projection', { ...textInput(flags), id: run.id, ...how })
        cli.out.object({ run: run.id, ...found })
        const { explained, x, y, names, classes, values, positions } = found
        const axes = explained
          ? `; x and y have ${explained.map((share) => `${figure(100 * share)} %`).join(' and ')} of the variance`
          : ''
        cli.out.line(`${x.length} ${found.source} by ${found.method} at step ${found.step}${axes}`)
        const rows = Array.from(x, (value, p) => [
          String(positions[p]),
          figure(value),
          figure(y[p]),
          classes ? classes[values[p]!]! : figure(values[p]),
          JSON.stringify(names[p]!.slice(0, 60)),
        ])
        const head = ['position>', 'x>', 'y>', found.colour ?? 'class', 'what']
        for (const line of table(head, rows)) cli.out.line(line)
      }),
    )
}
