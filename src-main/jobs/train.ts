// Drives the training loop in a worker: runs the engine's generator, measures time, collects points into batches and decides when a
// checkpoint is due. It stores nothing: batches and checkpoints are sent in order, and it blocks while too many are unacknowledged.
import type { GradientRecord } from '../contract/gradients.ts'
import { tokensPerSecond, trainingLoss } from '../contract/metrics.ts'
import type { MetricChunk, RunSample } from '../contract/run.ts'
import type { TrainingEvent } from '../engine/training/training.ts'
import { pinnedTexts } from './pinnedTexts.ts'
import { programsFrom } from './compiledRuns.ts'
import type { Engine } from './engine.ts'
import { commands, type CheckpointBytes, type Outcome, type TrainJob, type TrainMessage } from './protocol.ts'
import { loadedAs, loadText, sha256 } from './texts.ts'

const batchMs = 100
const idleMs = 500
/** Unacknowledged batches. At this number points are collected further, so that a slow store gets fewer and larger batches. */
const maxUnacknowledged = 4
/** Points per batch; a sample or a gradient record counts as 100. */
const maxBatchPoints = 20_000

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

/** Trains until the end, a command or an error. Throws what the engine throws. */
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

  /** Blocks until batch `wanted` is stored: a slow store slows training down instead of filling the memory. */
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
    waitFor(number - maxUnacknowledged)
  }

  /** Non-finite weights are not saved: the last stored checkpoint stays the newest. */
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

  /** A finished run is not resumed, so the weights of its last step suffice. */
  function finish(): void {
    if (savedAt === step) send()
    else save(null, false)
    if (savedAt === step) end('finished')
    else end('diverged', 'weights are NaN or infinite')
  }

  /** For the speed: milliseconds spent in updates, and the number of these steps. */
  let updateMs = 0
  let updateCount = 0
  let mark = performance.now()

  /** The first event after an update gives its time, unless other work was done in between. */
  function measureUpdate(event: TrainingEvent): void {
    const advanced = event.step - step
    step = event.step
    if (
      advanced <= 0 ||
      !(event.kind === 'step' || (event.kind === 'metrics' && trainingLoss.name in event.values))
    )
      return
    updateMs += performance.now() - mark
    updateCount += advanced
  }

  const readPinned = pinnedTexts(job.pins, (pin) => training.read(pin), post)

  function handle(event: TrainingEvent): Outcome | undefined {
    measureUpdate(event)
    switch (event.kind) {
      case 'step': {
        epoch = event.epoch
        const requested = outcomes[Atomics.load(control, 0)]
        if (requested) {
          save(null, false)
          end(requested)
          return requested
        }
        if (performance.now() - lastCheckpoint >= job.checkpointMs) save(null, false)
        return undefined
      }
      case 'metrics':
        points.add(step, event.values)
        if (trainingLoss.name in event.values && updateMs > 0) {
          points.add(step, {
            [tokensPerSecond.name]: (updateCount * training.symbolsPerStep * 1000) / updateMs,
          })
          updateMs = 0
          updateCount = 0
        }
        if (trainingLoss.name in event.values) readPinned()
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
    if (handle(event)) return
    const collected = points.count + 100 * (samples.length + flows.length)
    const due = performance.now() - lastBatch >= (collected === 0 ? idleMs : batchMs)
    const hasRoom = number - Atomics.load(shared, 1) < maxUnacknowledged
    if ((due && hasRoom) || collected >= maxBatchPoints) send()
    mark = performance.now()
  }
  finish()
}
