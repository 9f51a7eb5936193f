// `unroll bench`: the speed of a training step on this machine; with --profile, by kernel call.
import type { Command } from 'commander'
import type { BenchReport } from '../../../contract/bench.ts'
import { readConfigFile } from '../configFile.ts'
import { figure, rate, size, table } from '../format.ts'
import { collect, number } from '../options.ts'
import type { Output } from '../output.ts'
import type { Cli } from '../run.ts'
import { trainConfig } from '../trainConfig.ts'

interface Flags {
  cell?: string
  hidden?: number
  layers?: number
  batch?: number
  window?: number
  symbols?: number
  threads?: number
  seconds?: number
  rows: number
  profile?: boolean
  preset?: string
  config?: string
  set?: string[]
}

/** Short flags for options. */
const settings = {
  cell: 'model.cell',
  hidden: 'model.hidden',
  layers: 'model.layers',
  batch: 'train.batch',
  window: 'train.window',
} as const

export function benchCommand(program: Command, cli: Cli): void {
  program
    .command('bench')
    .description('measure a training step of a model on this machine')
    .option('--cell <id>', 'the cell; "unroll catalog" lists them')
    .option('--hidden <n>', 'units per layer', number('hidden'))
    .option('--layers <n>', 'layers', number('layers'))
    .option('--batch <n>', 'sequences at once', number('batch'))
    .option('--window <n>', 'steps per window', number('window'))
    .option('--symbols <n>', 'size of the vocabulary', number('symbols'))
    .option('--threads <n>', 'cores', number('threads'))
    .option('--preset <id>', 'start from a preset')
    .option('--config <file>', 'a JSON file with any part of the configuration')
    .option('--set <key=value>', 'one setting, such as model.input=onehot; may be repeated', collect)
    .option('--seconds <s>', 'how long to train', number('seconds'))
    .option('--profile', 'also every kernel call alone, with its distance to the roofline')
    .option('--rows <n>', 'calls to list with --profile', number('rows'), 25)
    .action((flags: Flags) => cli.start((app) => bench(cli, app, flags)))
}

async function bench(
  { out }: Cli,
  app: Parameters<Parameters<Cli['start']>[0]>[0],
  flags: Flags,
): Promise<void> {
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config)
  const short = (Object.keys(settings) as (keyof typeof settings)[])
    .filter((name) => flags[name] !== undefined)
    .map((name) => `${settings[name]}=${flags[name]}`)
  const config = trainConfig(await app.call('catalog.get', {}), {
    file,
    set: [...(flags.set ?? []), ...short],
    // The benchmark generates its text, so no file is needed.
    ...(flags.preset !== undefined && { preset: flags.preset, dataset: 'prose' }),
    ...(flags.threads !== undefined && { threads: flags.threads }),
  })
  const { symbols, seconds, profile } = flags
  const report = await app.call('app.bench', { config, symbols, seconds, profile })
  out.object(report)
  if (!out.json) print(out, report, flags.rows)
}

const ms = (seconds: number) => `${figure(Number((seconds * 1000).toPrecision(3)))} ms`
const giga = (value: number) => (value / 1e9).toPrecision(3)

function print(out: Output, report: BenchReport, rows: number): void {
  const { seconds, peak, work, symbolsPerStep } = report
  const speed = work.products / seconds.fastest
  const share = peak ? ` = ${((100 * speed) / peak.flops).toFixed(0)} % of the multiply-add peak` : ''
  const lines = [
    ['engine', report.executor],
    ['step', `${ms(seconds.fastest)} at best, ${ms(seconds.median)} in the middle of ${report.steps} steps`],
    ['speed', `${rate(symbolsPerStep / seconds.fastest)} tokens/s (${symbolsPerStep} per step)`],
    ['products', `${rate(work.products)} FLOP per step, ${giga(speed)} GFLOP/s${share}`],
    ...(peak
      ? [['machine', `${giga(peak.flops)} GFLOP/s of multiply-adds, copies ${giga(peak.bandwidth)} GB/s`]]
      : []),
    ['memory', `${size(report.memoryBytes)}; compiled in ${ms(report.compileSeconds)}`],
  ]
  for (const [name, value] of lines) out.line(`${name!.padEnd(10)}${value}`)
  if (report.calls.length > 0) printCalls(out, report, rows)
}

function printCalls(out: Output, { calls, peak }: BenchReport, rows: number): void {
  out.line()
  const kernels = new Map<string, number>()
  for (const { kernel, share } of calls) kernels.set(kernel, (kernels.get(kernel) ?? 0) + share)
  const shares = [...kernels]
    .sort((a, b) => b[1] - a[1])
    .map(([name, share]) => `${name} ${(100 * share).toFixed(1)} %`)
  out.line(`share per kernel: ${shares.join(', ')}`)
  const lines = table(
    [
      'share>',
      'time>',
      'GFLOP/s>',
      'GB/s>',
      'roofline>',
      'distance>',
      'limit',
      'kernel',
      'times>',
      'part',
      'call',
    ],
    calls
      .slice(0, rows)
      .map((c) => [
        `${(100 * c.share).toFixed(1)} %`,
        ms(c.seconds),
        c.flops > 0 ? giga(c.flops / c.seconds) : '',
        giga(c.bytes / c.seconds),
        peak ? ms(c.roof) : '',
        peak && Number.isFinite(c.distance) ? `${c.distance.toFixed(2)}×` : '',
        !peak ? '' : c.distance < 1 ? 'cache' : c.bound,
        c.kernel,
        String(c.times),
        c.section,
        c.title.length > 60 ? `${c.title.slice(0, 59)}…` : c.title,
      ]),
  )
  for (const line of lines) out.line(line)
  if (calls.length > rows) out.line(`${calls.length - rows} more; --rows ${calls.length} lists all`)
  if (peak)
    out.line('distance: time / roofline. Below 1 the data came from a cache, which is faster than memory.')
}
