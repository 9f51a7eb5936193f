// The training loop's driver, inside a worker: runs the engine's generator, has the clock, gathers points into batches and decides
// when a checkpoint is due. It stores nothing: batches and checkpoints are handed over in order, and it waits when nobody takes them.
import type { GradientRecord } from '../contract/gradients.ts'
import { tokensPerSecond, trainingLoss } from '../contract/metrics.ts'
import type { MetricChunk, RunSample } from '../contract/run.ts'
import type { TrainingEvent } from '../engine/training/training.ts'
import { programsFrom } from './compiledRuns.ts'
import type { Engine } from './engine.ts'
import { commands, type CheckpointBytes, type Outcome, type TrainJob, type TrainMessage } from './protocol.ts'
import { loadedAs, loadText, sha256 } from './texts.ts'

const batchMs = 100
const idleMs = 500
/** Batches that may wait to be stored; until then points are gathered on, so that a store that lags gets fewer and longer ones. */
const mostWaiting = 4
/** Points gathered for one batch; a sample or a gradient record counts as 100. */
const mostPoints = 20_000

type Post = (message: TrainMessage, transfer?: ArrayBuffer[]) => void

/** Points of all curves since the last batch, in plain arrays until they are sent. */
function pointCollector() {
  let columns = new Map<string, { steps: number[]; values: number[]; times: number[] }>()
  let count = 0
  return {
    add(step: number, values: Record<string, number>): void {
      const now = Date.now()
      for (const [name, value] of Object.entries(values)) {
        let column = columns.get(name)
        if (!column) columns.set(name, (column = { steps: [], values: [], times: [] }))
        column.steps.push(step)
        column.values.push(value)
        column.times.push(now)
        count++
      }
    },
    take(): MetricChunk[] {
      const chunks = [...columns].map(([name, { steps, values, times }]) => {
        return {
          name,
          steps: Float64Array.from(steps),
          values: Float64Array.from(values),
          times: Float64Array.from(times),
        }
      })
      columns = new Map()
      count = 0
      return chunks
    },
    get count() {
      return count
    },
  }
}

const outcomes: Record<number, Outcome> = {
  [commands.pause]: 'paused',
  [commands.stop]: 'stopped',
  [commands.leave]: 'left',
}

/** Trains until the end, a command or a failure. Throws what the engine throws. */
export function train(job: TrainJob, engine: Engine, post: Post): void {
  const shared = new Int32Array(job.shared)
  const control = shared.subarray(0, 1)
  const { config } = job
  const text = loadText(job.text, engine, loadedAs(config))
  const { executor, warning } = engine.chooseExecutor(config.runtime.executor, config.runtime.threads)
  const { resume, weights } = job
  const compiled = job.programs && programsFrom(job.programs)
  const training = engine.openTraining(
    {
      config,
      text,
      control,
      ...(resume && { resume }),
      ...(weights && { weights }),
      ...(compiled && { compiled }),
    },
    executor,
  )
  const { parameters, memoryBytes, totalSteps } = training
  post({
    kind: 'opened',
    parameters,
    memoryBytes,
    totalSteps,
    executor: training.executor,
    ...(warning && { warning }),
  })

  const started = performance.now()
  const points = pointCollector()
  let samples: RunSample[] = []
  let flows: GradientRecord[] = []
  let { step } = training
  let epoch = 0
  let number = 0
  let lastBatch = started
  let lastCheckpoint = started
  let checkpointNumber = 0
  let savedAt = -1

  /** Blocks until batch `wanted` is stored, so that a store that cannot write slows training down instead of filling the memory. */
  function waitFor(wanted: number): void {
    for (;;) {
      const stored = Atomics.load(shared, 1)
      if (stored >= wanted) return
      Atomics.wait(shared, 1, stored, 1000)
    }
  }

  function send(checkpoint?: CheckpointBytes): void {
    const chunks = points.take()
    number++
    const batch = { number, step, epoch, activeMs: performance.now() - started, chunks, samples, flows }
    samples = []
    flows = []
    lastBatch = performance.now()
    const transfer = chunks.flatMap(
      ({ steps, values, times }) => [steps.buffer, values.buffer, times.buffer] as ArrayBuffer[],
    )
    if (checkpoint) {
      waitFor(checkpointNumber)
      checkpointNumber = number
      transfer.push(checkpoint.bytes.buffer as ArrayBuffer)
    }
    post({ kind: 'batch', batch, ...(checkpoint && { checkpoint }) }, transfer)
    waitFor(number - mostWaiting)
  }

  /** Weights that are NaN or infinite are of no use to anybody: the last stored checkpoint stays the newest. */
  function save(loss: number | null, best: boolean): void {
    if (!training.isFinite()) return send()
    const bytes = training.checkpoint()
    send({ step, bytes, sha256: sha256(bytes), loss, best })
    lastCheckpoint = performance.now()
    savedAt = step
  }

  function end(outcome: Outcome, what = ''): void {
    post({ kind: 'ended', outcome, step, what })
  }

  /** A finished run is not resumed, so the weights of its last step are enough. */
  function finish(): void {
    if (savedAt === step) send()
    else save(null, false)
    if (savedAt === step) end('finished')
    else end('diverged', 'weights are NaN or infinite')
  }

  /** For the speed: milliseconds spent in updates alone, and how many steps those were. */
  let spent = 0
  let timed = 0
  let mark = performance.now()

  /** An update is told by the first event after it. Where that is the result of other work, its time is not known. */
  function clock(event: TrainingEvent): void {
    const advanced = event.step - step
    step = event.step
    if (
      advanced <= 0 ||
      !(event.kind === 'step' || (event.kind === 'metrics' && trainingLoss.name in event.values))
    )
      return
    spent += performance.now() - mark
    timed += advanced
  }

  function take(event: TrainingEvent): Outcome | undefined {
    clock(event)
    switch (event.kind) {
      case 'step': {
        epoch = event.epoch
        const asked = outcomes[Atomics.load(control, 0)]
        if (asked) {
          save(null, false)
          end(asked)
          return asked
        }
        if (performance.now() - lastCheckpoint >= job.checkpointMs) save(null, false)
        return undefined
      }
      case 'metrics':
        points.add(step, event.values)
        if (trainingLoss.name in event.values && spent > 0) {
          points.add(step, { [tokensPerSecond.name]: (timed * training.symbolsPerStep * 1000) / spent })
          spent = 0
          timed = 0
        }
        return undefined
      case 'sample':
        samples.push({
          step,
          at: Date.now(),
          text: event.text,
          ...(event.table && { table: event.table }),
          ...(event.pictures && { pictures: event.pictures }),
        })
        return undefined
      case 'flow':
        flows.push(event.point)
        points.add(step, event.values)
        return undefined
      case 'checkpoint':
        save(event.loss, event.best)
        return undefined
      case 'diverged':
        save(null, false)
        end('diverged', event.what)
        return 'diverged'
      case 'done':
        finish()
        return 'finished'
    }
  }

  for (const event of training.events()) {
    if (take(event)) return
    const gathered = points.count + 100 * (samples.length + flows.length)
    const due = performance.now() - lastBatch >= (gathered === 0 ? idleMs : batchMs)
    const taken = number - Atomics.load(shared, 1) < mostWaiting
    if ((due && taken) || gathered >= mostPoints) send()
    mark = performance.now()
  }
  finish()
}
