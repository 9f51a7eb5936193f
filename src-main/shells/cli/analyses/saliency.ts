// `unroll analyse saliency RUN`: how an answer to a held-out series or image depends on each of its inputs, and lists of held-out examples with their answers.
import type { Command } from 'commander'
import { UnrollError } from '../../../contract/errors.ts'
import { saliencyFigure } from '../../../contract/heat/saliencyScene.ts'
import {
  answerInWords,
  inputAt,
  placeInWords,
  saliencyCsv,
  saliencyMeasures,
  unitOf,
} from '../../../contract/heat/saliencyTables.ts'
import { sceneSvg } from '../../../contract/heat/sceneSvg.ts'
import type { RunRow } from '../../../contract/run.ts'
import type { InputSaliency } from '../../../contract/saliency.ts'
import { whyNoSaliency } from '../../../contract/taskInfo.ts'
import type { App } from '../../appInterface.ts'
import { findRun } from '../findRun.ts'
import { checkFileName, writeFinding } from '../findingFile.ts'
import { figure, table } from '../format.ts'
import { number, refuseFlags } from '../options.ts'
import type { Cli } from '../run.ts'

interface Flags {
  example?: number
  compared?: number
  at?: number
  answer?: string
  against?: string
  baseline?: string
  integrate?: boolean
  integrationSteps?: number
  measure?: string
  list?: boolean
  wrong?: boolean
  worst?: boolean
  top?: number
  step?: number
  export?: string
  force?: boolean
}

const explaining = ['example', 'compared', 'at', 'answer', 'against', 'baseline', 'integrate', 'integrationSteps', 'measure', 'export'] as const // prettier-ignore
const measures = ['occlusion', 'gradient', 'product', 'integrated']

export function addSaliency(analyse: Command, cli: Cli): void {
  analyse
    .command('saliency')
    .description('how an answer to a held-out series or image depends on each of its inputs')
    .argument('<run>')
    .option('--example <n>', 'number of the held-out example, from 0; 0 if left out', number('example'))
    .option('--compared <n>', 'a second example, with the answer of the first one', number('compared'))
    .option(
      '--at <n>',
      'runs with an answer at each step or pixel: which one, from 1; the last one if left out',
      number('at'),
    )
    .option('--answer <name>', 'a class, the most probable one if left out; or an output')
    .option('--against <class>', 'a class whose log-probability is subtracted')
    .option(
      '--baseline <value>',
      'what replaces inputs in the occlusion: "mean" or a number; of symbols and pixels a symbol or gray level',
    )
    .option('--integrate', 'integrated gradients, too, where their completeness error is at most 0.1')
    .option('--integration-steps <n>', 'of integrated gradients; 50 if left out', number('integration-steps'))
    .option('--list', 'list held-out examples with their answers instead')
    .option('--wrong', 'with --list: wrongly answered ones alone')
    .option('--worst', 'with --list: the largest loss first')
    .option('--top <n>', 'rows to print; 20 if left out', number('top'))
    .option('--step <n>', 'the checkpoint of this step; else the best', number('step'))
    .option('--measure <name>', `with --export: ${measures.join(', ')}; occlusion if left out`)
    .option('--export <file>', 'write the drawing as .svg or all values as .csv')
    .option('--force', 'with --export: replace the file if it exists')
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await findRun(app, word)
        const why = whyNoSaliency(run.task)
        if (why)
          throw new UnrollError('E_ARG', `${run.name} ${why}.`, { advice: { action: 'show', run: run.id } })
        if (flags.export === undefined) refuseFlags(flags, ['measure', 'force'], 'that is for --export')
        if (flags.list) return listed(cli, app, run, flags)
        refuseFlags(flags, ['wrong', 'worst'], 'that is for --list')
        return explained(cli, app, run, flags)
      }),
    )
}

async function listed({ out }: Cli, app: App, { id }: RunRow, flags: Flags): Promise<void> {
  refuseFlags(flags, explaining, 'examples are listed with --list')
  const { top, step, wrong, worst } = flags
  const order = worst ? 'loss' : 'number'
  const found = await app.call('inspect.examples', { id, top, step, wrong, order })
  out.object({ run: id, ...found })
  const mistakes = found.wrong === null ? '' : `, ${found.wrong} wrong`
  out.line(`${found.read} of ${found.examples} held-out examples at step ${found.step}${mistakes}`)
  const rows = found.rows.map(({ example, input, expected, predicted, right, loss }) => [
    String(example),
    input.slice(0, 50),
    expected.slice(0, 40),
    predicted.slice(0, 40),
    right === null ? '' : right ? 'right' : 'wrong',
    figure(loss),
  ])
  for (const line of table(['example>', 'input', 'expected', 'predicted', '', 'loss>'], rows)) out.line(line)
}

async function explained({ out }: Cli, app: App, run: RunRow, flags: Flags): Promise<void> {
  const { example, compared, at, answer, against, baseline, integrate, integrationSteps, step } = flags
  const { measure = 'occlusion', top = 20 } = flags
  checkFileName(flags, ['.svg', '.csv'])
  if (!measures.includes(measure))
    throw new UnrollError('E_ARG', `--measure: ${measure} is not one of ${measures.join(', ')}.`)
  if (at !== undefined && at < 1)
    throw new UnrollError('E_ARG', `--at: ${at}; steps and pixels count from 1.`)
  const how = { id: run.id, against, baseline, integrate, integrationSteps, step }
  const place = at === undefined ? undefined : at - 1
  const found = [await app.call('inspect.saliency', { ...how, example, answer, at: place })]
  const [first] = found as [InputSaliency]
  if (compared !== undefined)
    found.push(
      await app.call('inspect.saliency', { ...how, example: compared, answer: first.answer.name, at: place }),
    )
  if (flags.export !== undefined) {
    const isTable = flags.export.toLowerCase().endsWith('.csv')
    const content = isTable ? saliencyCsv(found) : sceneSvg(saliencyFigure(found, measure, run.name))
    return writeFinding(flags, run.id, content, out)
  }
  found.forEach((one, i) => {
    out.object({ run: run.id, ...one })
    if (i > 0) out.line('')
    for (const line of saliencyLines(one, top)) out.line(line)
  })
}

/** The answer, and the inputs with the largest |occlusion| in order of their places. */
function saliencyLines(found: InputSaliency, top: number): string[] {
  const { example, examples, input, expected, predicted, right, answer, integrated, dimensions, picture } =
    found
  const verdict = right === null ? '' : right ? ' (right)' : ' (wrong)'
  const lines = [
    `example ${example} of ${examples}: ${input}`,
    `expected ${expected || '-'}, predicted ${predicted}${verdict}`,
    `${answerInWords(found)} = ${figure(answer.value)} ${answer.kind === 'class' ? 'nats' : ''}, checkpoint ${found.step}`.replace(
      ' ,',
      ',',
    ),
    `occlusion replaces inputs by ${found.baseline}; values in ${unitOf(found)}`,
  ]
  if (integrated)
    lines.push(
      `integrated gradients: completeness error ${figure(integrated.completenessError)} with ${integrated.steps} steps${integrated.values ? '' : '; above 0.1, so they are not shown'}`,
    )
  if (found.horizon.length > 0)
    lines.push(`gradient by distance: ln |gradient| changes by ${figure(found.horizonSlope)} per step`)
  const strongest = Array.from(found.occlusion, (_, i) => i)
    .sort((a, b) => Math.abs(found.occlusion[b]!) - Math.abs(found.occlusion[a]!))
    .slice(0, top)
    .sort((a, b) => a - b)
  if (strongest.length < found.occlusion.length)
    lines.push(`the ${strongest.length} of ${found.occlusion.length} inputs with the largest occlusion:`)
  const shown = saliencyMeasures(found)
  const rows = strongest.map((i) => {
    const [place, dimension] = [Math.floor(i / dimensions.length), i % dimensions.length]
    const read = inputAt(found, place, dimension)
    return [
      placeInWords(place, picture),
      dimensions[dimension]!,
      typeof read === 'number' ? figure(read) : read,
      ...shown.map(({ values }) => figure(values[i])),
    ]
  })
  const heads = shown.map(({ label }) => `${label.toLowerCase().replace('×', 'x')}>`)
  return [...lines, ...table([picture ? 'pixel' : 'step', 'input', 'value>', ...heads], rows)]
}
