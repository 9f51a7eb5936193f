// `unroll show RUN`: all that is known about one run; with --flow its gradient through time.
import { printSample } from '../answers/printSample.ts'
import type { Command } from 'commander'
import { findRun } from '../findRun.ts'
import { gradientLines } from '../gradients.ts'
import { duration, errorLines, figure, size, standing, table } from '../format.ts'
import type { Output } from '../output.ts'
import type { RunDetail } from '../../../contract/run.ts'
import { fromGroups } from '../../../contract/config.ts'
import { effectiveModel } from '../../../contract/shape.ts'
import type { Cli } from '../run.ts'

export function showCommand(program: Command, cli: Cli): void {
  program
    .command('show')
    .description('show a run: status, curves in short, checkpoints, configuration')
    .argument('<run>')
    .option('--flow', 'show gradient norms through time and spectral radii')
    .action((word: string, { flow }: { flow?: boolean }) =>
      cli.start(async (app) => {
        const run = await findRun(app, word)
        const { id } = run
        if (flow) {
          const points = await app.call('runs.gradients', { id })
          cli.out.object({ run: id, points })
          for (const line of gradientLines(run, points)) cli.out.line(line)
          return
        }
        const detail = await app.call('runs.get', { id })
        cli.out.object(detail)
        if (!cli.out.json) print(cli.out, detail)
      }),
    )
}

function print(out: Output, { run, checkpoints, samples, record }: RunDetail): void {
  const facts = [
    ['name', run.name],
    ['run', run.id],
    ['status', `${standing(run)} at step ${run.step} of ${run.totalSteps}, ${duration(run.activeSeconds)}`],
    ...(run.error ? [['error', errorLines(run.error).join('; ')]] : []),
    ...(run.parent ? [['from', `${run.parent.id} at step ${run.parent.step}`]] : []),
    ...(run.tags.length ? [['tags', run.tags.join(', ')]] : []),
    ['text', `${record.dataName} ${record.dataSha256.slice(0, 12)}`],
    ['size', `${record.parameters} parameters, ${size(record.memoryBytes)}`],
    ['engine', `${record.engine}, Unroll ${record.codeVersion}`],
  ]
  const warnings = record.warnings.map(({ path, message }) => ['warning', `${path}: ${message}`])
  for (const [name, value] of [...facts, ...warnings]) out.line(`${name!.padEnd(8)}${value!}`)
  if (run.notes) out.line(`\n${run.notes}`)
  out.line()
  const metrics = run.summaries.map((s) => [
    s.name,
    figure(s.last),
    figure(s.min),
    String(s.minStep),
    figure(s.max),
    String(s.maxStep),
  ])
  for (const line of table(['metric', 'last>', 'min>', 'at>', 'max>', 'at>'], metrics)) out.line(line)
  if (checkpoints.length) {
    out.line()
    const rows = checkpoints.map((c) => [
      String(c.step),
      figure(c.loss),
      size(c.bytes),
      c.missing ? 'missing' : c.best ? 'best' : '',
    ])
    for (const line of table(['checkpoint>', 'loss>', 'size>', ''], rows)) out.line(line)
  }
  const { seed, task, data } = run.config
  out.line(
    `\n${JSON.stringify({ seed, task, data, ...fromGroups((group) => (group === 'model' ? effectiveModel(run.config.model) : run.config[group])) }, null, 2)}`,
  )
  const sample = samples.at(-1)
  if (!sample) return
  out.line(`\n--- step ${sample.step} ---`)
  printSample(out, run.task.abilities.answers, sample)
}
