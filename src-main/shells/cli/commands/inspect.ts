// `unroll inspect RUN`: a text or an image coloured by the values of one unit, the units that detect a property of the text, gate saturation, or the card of a unit.
import type { Command } from 'commander'
import { whyNoUnits } from '../../../contract/taskInfo.ts'
import { interventionHelp } from '../../../contract/intervention.ts'
import { UnrollError } from '../../../contract/errors.ts'
import type { RunRow } from '../../../contract/run.ts'
import { layerSizes } from '../../../contract/shape.ts'
import type { TextSignals } from '../../../contract/inspect.ts'
import { colouredText, kindOfSignal } from '../../../contract/heat/colouredText.ts'
import { unitRange, valuesOf } from '../../../contract/heat/unitRange.ts'
import { contextsCsv, rankingCsv } from '../../../contract/heat/findingTables.ts'
import { largest, least } from '../../../contract/longLists.ts'
import type { App } from '../../appInterface.ts'
import { findRun } from '../findRun.ts'
import { figure, table } from '../format.ts'
import { checkFileName, writeColouredText, writeFinding } from '../findingFile.ts'
import { ablation, effect, patch, type EffectFlags } from './effect.ts'
import { colouredText as paintedText, numberLines, widestUnit } from '../heat.ts'
import { collect, layerIndex, number, refuseFlags } from '../options.ts'
import { imageLines, signalImage } from '../images.ts'
import { cell } from '../cellValues.ts'
import { printCard, withLayersFromOne } from '../unitCard.ts'
import { verdictLines, verdictOf } from '../verdict.ts'
import type { Cli } from '../run.ts'
import { rankingLines } from '../unitRanking.ts'

interface Flags extends EffectFlags {
  text?: string
  offset?: number
  length?: number
  layer?: number
  signal?: string
  unit?: number
  step?: number
  find?: string
  verdict?: boolean
  saturation?: boolean
  card?: boolean
  around?: number
  cell?: boolean
  top?: number
  picture?: number
  direction?: number
  ownRange?: boolean
}

const changesLoss = ({ effect, ablate }: Flags): boolean => effect !== undefined || ablate !== undefined
/** Whether the flags ask for something else than the coloured text. */
const asksOther = (flags: Flags): boolean =>
  changesLoss(flags) ||
  [flags.patch, flags.find].some((one) => one !== undefined) ||
  [flags.cell, flags.card, flags.saturation].includes(true)
const forImages = ['picture', 'direction'] as const

export function inspectCommand(program: Command, cli: Cli): void {
  program
    .command('inspect')
    .description('colour a text or an image by the values of one unit, or find units that detect a property')
    .argument('<run>')
    .option('--text <text>', 'the text to read; default: a part of the validation text')
    .option('--offset <n>', 'first symbol of that part', number('offset'))
    .option('--length <n>', 'its length in symbols', number('length'))
    .option('--layer <n>', 'layer, counted from 1 (the lowest); 1 if left out', number('layer'))
    .option(
      '--signal <id>',
      'signal: h, c or a gate of the cell; pre_i: what gate i is computed from; grad_c: d loss / d c',
    )
    .option('--unit <n>', 'unit, counted from 0; else the one that varies most', number('unit'))
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .option(
      '--find <predicate>',
      'rank all units by how well they detect a predicate, such as quote, or follow a number, such as column',
    )
    .option('--top <n>', 'units to list with --find', number('top'))
    .option(
      '--verdict',
      'with --find: whether the best unit represents, is used and controls, with the numbers',
    )
    .option('--saturation', 'how often each gate is closed (below 0.1) or open (above 0.9)')
    .option('--card', 'histogram, contexts, gates, weights and similar units of one unit')
    .option('--cell', 'every signal of --unit after the symbol at --at (0), and its states before')
    .option('--around <n>', 'symbols on each side of a context of --card: 5 to 20', number('around'))
    .option(
      '--effect <interventions>',
      `what interventions do to the loss; repeatable. ${interventionHelp}; several of one variant are separated by ";"`,
      collect,
    )
    .option(
      '--ablate <operation>',
      'what an operation such as set(mean) or set(0) does to the loss, on each unit of --signal by itself',
    )
    .option(
      '--patch <text>',
      'a corrupted version of --text: how much of log p of its last symbol each unit recovers, patched at --at',
    )
    .option('--at <n>', 'with --patch and --cell: the position, from 0', number('at'))
    .option(
      '--split <predicate>',
      'with --effect and --ablate: also by whether the predicate held before; with --card: the histogram by whether it holds',
    )
    .option(
      '--export <file>',
      'write the coloured text as .html, .svg or .csv, or a table of --find, --card, --effect, --ablate as .csv',
    )
    .option('--own-range', 'colours in the range of the unit instead of one range of all units')
    .option('--force', 'with --export: replace the file if it exists')
    .option('--picture <n>', 'runs on images: index of a validation image', number('picture'))
    .option('--direction <n>', 'runs on images: direction of the scan, counted from 1', number('direction'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await findRun(app, word)
        const why = whyNoUnits(run.task)
        if (why)
          throw new UnrollError('E_ARG', `${run.name} ${why}.`, { advice: { action: 'show', run: run.id } })
        if (flags.find === undefined) refuseFlags(flags, ['verdict'], 'that is for --find')
        if (!flags.card) refuseFlags(flags, ['around'], 'that is for --card')
        if (!changesLoss(flags) && !flags.card)
          refuseFlags(flags, ['split'], 'that is for --card, --effect and --ablate')
        if (flags.export === undefined) refuseFlags(flags, ['force'], 'that is for --export')
        if (asksOther(flags)) refuseFlags(flags, ['ownRange'], 'that is for the coloured text')
        if (flags.saturation || flags.cell || flags.patch !== undefined)
          refuseFlags(flags, ['export'], 'there is no file of --saturation, --cell and --patch')
        const isTable = flags.find !== undefined || flags.card === true || changesLoss(flags)
        checkFileName(flags, isTable ? ['.csv'] : undefined)
        if (run.task.abilities.inspects === 'images') await inspectImageOf(cli, app, run, flags)
        else if (flags.patch !== undefined) await patch(cli, app, run, flags)
        else if (flags.effect) await effect(cli, app, run.id, flags)
        else if (flags.ablate !== undefined) await ablation(cli, app, run, flags)
        else if (flags.cell) await cell(cli, app, run, flags)
        else if (flags.card) await card(cli, app, run, flags)
        else if (flags.saturation) await saturation(cli, app, run.id, flags)
        else await (flags.find !== undefined ? find(cli, app, run, flags) : inspectText(cli, app, run, flags))
      }),
    )
}

/** An image beside the map of one unit over it. */
async function inspectImageOf({ out }: Cli, app: App, run: RunRow, flags: Flags): Promise<void> {
  refuseFlags(
    flags,
    ['text', 'offset', 'length', 'find', 'saturation', 'top', 'card', 'cell', 'export', 'ownRange'],
    'this run reads images; the flag is for text',
  )
  const layer = layerIndex(flags.layer ?? 1, layerSizes(run.config.model).length)
  const { picture, signal, step, direction = 1 } = flags
  const seen = await app.call('inspect.image', {
    id: run.id,
    layer,
    direction: direction - 1,
    picture,
    signal,
    step,
  })
  if (flags.unit !== undefined && !(flags.unit >= 0 && flags.unit < seen.units))
    throw new UnrollError('E_ARG', `--unit: ${flags.unit} is not one of 0..${seen.units - 1}.`)
  out.object({ run: run.id, ...seen, layer: layer + 1, direction })
  for (const line of imageLines(signalImage(seen, flags.unit), out)) out.painted(line)
}

async function find({ out }: Cli, app: App, run: RunRow, flags: Flags): Promise<void> {
  refuseFlags(flags, [...forImages, 'layer', 'unit', 'offset'], 'all layers and units are ranked with --find')
  const { find, text, length, signal, step, top } = flags
  const { id } = run
  const signals = signal === undefined ? undefined : [signal]
  const ranking = await app.call('inspect.find', { id, predicate: find!, text, length, step, top, signals })
  if (flags.export !== undefined) return writeFinding(flags, id, rankingCsv(ranking), out)
  const scores = ranking.scores.map((score) => ({ ...score, layer: score.layer + 1 }))
  const dense = { ...ranking.dense, layer: ranking.dense.layer + 1 }
  const found = flags.verdict ? await verdictOf(app, run, ranking, text) : undefined
  const verdict = found && { causal: found.causal, rates: found.rates, rows: found.rows }
  out.object({ run: id, ...ranking, dense, scores, ...(verdict && { verdict }) })
  for (const line of rankingLines(ranking)) out.line(line)
  for (const line of found ? verdictLines(ranking, found.rows) : []) out.line(line)
}

/** Mean saturation of each gate of each layer, and the share of its units that are closed or open most of the time. */
async function saturation(cli: Cli, app: App, id: string, flags: Flags): Promise<void> {
  refuseFlags(
    flags,
    [...forImages, 'find', 'layer', 'unit', 'top'],
    'all gates of all layers are listed with --saturation',
  )
  const { text, offset, length, signal, step } = flags
  const signals = signal === undefined ? undefined : [signal]
  const found = await app.call('inspect.saturation', { id, text, offset, length, step, signals })
  const units = found.units.map((unit) => ({ ...unit, layer: unit.layer + 1 }))
  cli.out.object({ run: id, ...found, units })
  cli.out.line(`shares of ${found.positions} positions at step ${found.step}, means over units`)
  const gates = Map.groupBy(units, ({ layer, signal }) => `${layer} ${signal}`)
  const rows = [...gates.values()].map((group) => {
    const mean = (of: (unit: (typeof group)[number]) => number) =>
      figure(group.reduce((sum, unit) => sum + of(unit), 0) / group.length)
    const mostly = mean(({ closed, open }) => Number(closed > 0.5 || open > 0.5))
    return [
      String(group[0]!.layer),
      group[0]!.signal,
      mean(({ closed }) => closed),
      mean(({ open }) => open),
      mostly,
    ]
  })
  for (const line of table(['layer>', 'gate', 'closed>', 'open>', 'units saturated most of the time>'], rows))
    cli.out.line(line)
}

/** The card of the unit of --unit, else of the one that varies most at the beginning of the text. */
async function card({ out }: Cli, app: App, { id, config }: RunRow, flags: Flags): Promise<void> {
  refuseFlags(flags, [...forImages, 'find', 'saturation', 'top'], 'one unit is described with --card')
  if (flags.text !== undefined) refuseFlags(flags, ['offset', 'length'], 'the whole of --text is read')
  const { text, offset, length, signal, step, around, split: predicate } = flags
  const layer = layerIndex(flags.layer ?? 1, layerSizes(config.model).length)
  const read = { id, text, offset, signal, step, layer }
  const unit = flags.unit ?? widestUnit(await app.call('inspect.text', read))
  const answer = await app.call('inspect.unit', { ...read, length, unit, around, predicate })
  if (flags.export !== undefined) return writeFinding(flags, id, contextsCsv(answer), out)
  const found = withLayersFromOne(answer)
  out.object({ run: id, ...found })
  if (!out.json) printCard(found, out)
}

async function inspectText(cli: Cli, app: App, { id, name, config }: RunRow, flags: Flags): Promise<void> {
  refuseFlags(flags, ['top'], 'that is for --find')
  refuseFlags(flags, forImages, 'this run reads text; the flag is for images')
  if (flags.text !== undefined) refuseFlags(flags, ['offset', 'length'], 'the whole of --text is read')
  const { text, offset, length, signal, step, layer = 1 } = flags
  const read = await app.call('inspect.text', {
    id,
    text,
    offset,
    length,
    signal,
    step,
    layer: layerIndex(layer, layerSizes(config.model).length),
  })
  const unit = flags.unit ?? widestUnit(read)
  if (!Number.isInteger(unit) || unit < 0 || unit >= read.units) {
    throw new UnrollError(
      'E_ARG',
      `--unit: ${unit}; ${read.signal} of layer ${layer} has units 0 to ${read.units - 1}.`,
    )
  }
  const { out } = cli
  const kindIn = async () => {
    const { cells } = await app.call('catalog.get', {})
    const { signals = [] } = cells.find((one) => one.id === config.model.cell) ?? {}
    return kindOfSignal(signals, read.signal)
  }
  const grid = flags.ownRange ? { ...read, ...unitRange(valuesOf(read, unit), await kindIn()) } : read
  if (flags.export !== undefined) {
    const kind = await kindIn()
    const from = text === undefined ? (offset ?? 0) : null
    return writeColouredText(flags, id, colouredText(grid, { run: name, unit, kind, offset: from }), out)
  }
  const values = valuesOf(grid, unit)
  const { tokens, surprisal, lo, hi } = grid
  out.object({
    run: id,
    step: grid.step,
    layer,
    signal: grid.signal,
    unit,
    units: grid.units,
    lo,
    hi,
    tokens,
    values,
    surprisal,
  })
  if (out.json) return
  out.line(`layer ${layer}  signal ${grid.signal}  unit ${unit} of ${grid.units}  step ${grid.step}`)
  if (out.colors) out.painted(paintedText(grid, values, out.colors))
  else for (const line of numberLines(grid, values)) out.line(line)
  out.line(summary(values, grid))
}

function summary(values: Float32Array, { lo, hi }: TextSignals): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return `mean ${figure(mean)}  min ${figure(least(values))}  max ${figure(largest(values))}  colours ${figure(lo)} to ${figure(hi)}`
}
