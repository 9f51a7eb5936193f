// How a run in progress looks to people: one line drawn over on a terminal, one line per validation elsewhere, a summary at the end.
import { printSample } from './answers/printSample.ts'
import { directionOf, tokensPerSecond, trainingLoss, validationLoss } from '../../contract/metrics.ts'
import type { RunRow, RunSample } from '../../contract/run.ts'
import { append, largest } from '../../contract/longLists.ts'
import { duration, errorLines, figure, rate } from './format.ts'
import type { Output } from './output.ts'

export interface Progress {
  launched(run: RunRow): void
  run(run: RunRow): void
  metrics(step: number, values: Record<string, number>): void
  sample(sample: RunSample): void
}

export function createProgress(out: Output, now: () => number, quiet: boolean): Progress {
  let current: RunRow | undefined
  let first: { step: number; at: number } | undefined
  let latest: Record<string, number> = {}
  let step = 0

  const parts = () => {
    const total = current?.totalSteps ?? 0
    const speed = latest[tokensPerSecond.name]
    const validation = latest[validationLoss.name]
    const perStep = first && step > first.step ? (now() - first.at) / (step - first.step) : undefined
    return [
      `step ${step}${total ? `/${total} ${Math.floor((100 * step) / total)}%` : ''}`,
      `loss ${figure(latest[trainingLoss.name])}`,
      ...(validation === undefined ? [] : [`val ${figure(validation)}`]),
      ...(speed === undefined ? [] : [`${rate(speed)} tokens/s`]),
      ...(perStep !== undefined && total > step
        ? [`ETA ${duration((perStep * (total - step)) / 1000)}`]
        : []),
    ].join('  ')
  }
  const draw = () => {
    if (quiet || !current) return
    const { status, queuePosition } = current
    out.progress(
      status === 'queued'
        ? `waiting in the queue${queuePosition === null ? '' : ` (place ${queuePosition + 1})`}`
        : bar(step, current.totalSteps) + parts(),
    )
  }
  return {
    launched(run) {
      current = run
      if (!quiet) out.line(`run ${run.id}  ${run.name}`)
      draw()
    },
    run(run) {
      current = run
      draw()
    },
    metrics(at, values) {
      first ??= { step: at, at: now() }
      step = at
      latest = { ...latest, ...values }
      draw()
      if (!quiet && !out.tty && validationLoss.name in values) out.line(parts())
    },
    sample(sample) {
      if (quiet || out.json) return
      out.line(`--- step ${sample.step} ---`)
      printSample(out, current?.task.abilities.answers ?? null, sample)
      draw()
    },
  }
}

function bar(step: number, total: number): string {
  if (!total) return ''
  const width = 20
  const full = Math.min(width, Math.floor((width * step) / total))
  return `${'━'.repeat(full)}${'─'.repeat(width - full)} `
}

/** The result of a run: status, then the last and best value of each metric that has a better direction. */
export function summaryLines(run: RunRow): string[] {
  const lines = [`${run.status} at step ${run.step} after ${duration(run.activeSeconds)}  ${run.id}`]
  // Only metrics with a better direction; speed, learning rate and norms are no results.
  const results = run.summaries.flatMap(({ name, last, min, minStep, max, maxStep }) => {
    const direction = directionOf(name, run.task)
    if (!direction) return []
    const best = direction === 'min' ? { value: min, step: minStep } : { value: max, step: maxStep }
    return [{ name, last, best }]
  })
  const width = Math.max(0, largest(results.map(({ name }) => name.length)))
  for (const { name, last, best } of results) {
    lines.push(`${name.padEnd(width)}  ${figure(last)}  best ${figure(best.value)} at step ${best.step}`)
  }
  if (run.error) append(lines, errorLines(run.error))
  if (run.status === 'paused' || run.status === 'interrupted')
    lines.push(`go on with: unroll resume ${run.id}`)
  return lines
}
