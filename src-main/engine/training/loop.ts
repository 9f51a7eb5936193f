// The training loop: a generator that runs the program once between two events. The state is consistent at every event; the caller decides
// whether to pause, stop or write a checkpoint.
import type { RunConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { trainingLoss, validationLoss } from '../../contract/metrics.ts'
import { currentName } from '../../contract/renamedMetrics.ts'
import { writeCheckpoint, type CheckpointContent } from '../checkpoint/write.ts'
import type { Task } from './task.ts'
import { seedWords } from '../nn/initialise.ts'
import { readsOwn, truthShare } from '../nn/forcing.ts'
import { parameterCount } from '../nn/model.ts'
import { sampleNow } from './samples.ts'
import type { Executable, Executor } from '../run/executor.ts'
import type { Training, TrainingEvent } from './training.ts'
import {
  heldBytes,
  heldMemory,
  TrainingPrograms,
  programsOf,
  type CompiledPrograms,
} from './trainingPrograms.ts'
import { stepValues } from '../optim/optimizers.ts'
import { infinite, recordPrefix } from './program.ts'
import {
  addTo,
  meanLoss,
  newProgress,
  noSums,
  passed,
  weighOlder,
  type Progress,
  type Ran,
} from './progress.ts'
import { learningRate, totalStepsOf } from '../optim/schedules.ts'

export interface LoopStart {
  config: RunConfig
  task: Task
  /** Checkpoint to start from: of the same run (`resumes`), or of another one, whose weights are taken. */
  given?: { checkpoint: CheckpointContent; resumes: boolean } | undefined
  /** See TrainingStart. */
  control?: Int32Array | undefined
  compiled?: CompiledPrograms | undefined
}

/** Starts or resumes the training of a task. Throws E_MODEL_MISMATCH for a checkpoint that does not fit. */
export function startTraining(
  { config, task, given, control, compiled }: LoopStart,
  executor: Executor,
): Training {
  const programs = programsOf(task, config, compiled)
  const loaded = new TrainingPrograms(task, programs, executor)
  loaded.initialise(config)
  if (given) loaded.restore(given.checkpoint.tensors, given.resumes)
  const progress = given?.resumes ? progressOf(given.checkpoint) : newProgress()
  const totalSteps = totalStepsOf(config, task.stepsPerEpoch)
  if (!given?.resumes && programs.gradients) progress.due.flow = true
  const shared = { config, task, loaded, progress, totalSteps, control }
  return {
    parameters: parameterCount(task.network),
    memoryBytes: heldBytes(heldMemory(programs, task, executor)),
    totalSteps,
    stepsPerEpoch: task.stepsPerEpoch,
    symbolsPerStep: task.symbolsPerStep,
    executor: executor.description,
    get step() {
      return progress.step
    },
    events: () => train(shared),
    isFinite: () => loaded.isFinite(),
    read: (pin) => loaded.readPinned(pin, progress.step),
    checkpoint: () =>
      writeCheckpoint({
        config,
        step: progress.step,
        vocabulary: [...task.vocabulary],
        labels: [...(task.labels ?? [])],
        ...(task.columns && { columns: [...task.columns] }),
        parts: 'full',
        progress,
        tensors: loaded.tensors(),
      }),
  }
}

function progressOf(checkpoint: CheckpointContent): Progress {
  const progress = checkpoint.progress as Progress | undefined
  if (progress?.step !== checkpoint.step || typeof progress.due !== 'object') {
    throw new UnrollError(
      'E_MODEL_MISMATCH',
      'checkpoint: it holds weights only; a run cannot be resumed from it. Fork from it instead.',
      { advice: { action: 'fork' } },
    )
  }
  if (progress.records) progress.records = renamedRecords(progress.records)
  return progress
}

const metricOf = (record: string) => `train/${record.slice(recordPrefix.length)}`

/** Sums of an older checkpoint under the names of today. */
const renamedRecords = (records: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(records).map(([name, sum]) => [
      recordPrefix + currentName(metricOf(name)).slice('train/'.length),
      sum,
    ]),
  )

interface Running {
  config: RunConfig
  task: Task
  loaded: TrainingPrograms
  progress: Progress
  totalSteps: number
  control: Int32Array | undefined
}

const asked = (control: Int32Array | undefined): boolean =>
  control !== undefined && Atomics.load(control, 0) !== 0

function* train(run: Running): Generator<TrainingEvent, void, void> {
  const { config, task, loaded, progress, totalSteps, control } = run
  const { seed } = config
  const words = seedWords(seed)
  const counter = { seed: words, step: 0, ...(control && { cancel: control }) }
  const stepEvent = (): TrainingEvent => ({
    kind: 'step',
    step: progress.step,
    epoch: Math.floor(progress.step / task.stepsPerEpoch),
  })
  for (;;) {
    yield* dueEvents(run)
    if (progress.ending && !Object.values(progress.due).some(Boolean)) break
    if (asked(control) || Object.values(progress.due).some(Boolean)) {
      yield stepEvent()
      continue
    }
    const { step } = progress
    const main = loaded.at(step)
    task.feed(main, step)
    const values = stepValues(config.optimizer, learningRate(config, step, totalSteps), step + 1)
    for (const name in values) main.write(name, [values[name]!])
    counter.step = step
    if (!main.run(counter)) {
      yield stepEvent()
      continue
    }
    const loss = main.scalar('loss')
    const norm = main.scalar('norm')
    if (!(Math.abs(loss) + norm < infinite)) {
      yield {
        kind: 'diverged',
        step,
        what: Number.isFinite(loss) ? `gradient norm is ${norm}` : `loss is ${loss}`,
      }
      return
    }
    const wrong = task.outputs ? main.scalar('wrong') : 0
    progress.solved = task.outputs !== undefined && wrong === 0
    const stopped = progress.solved && config.train.stopWhenSolved
    const weight = (name: string) => (main.program.slots.has(name) ? main.scalar(name) : 1)
    const ran = { loss, norm, wrong, answers: weight('count'), sequences: weight('sequences') }
    weighOlder(progress, ran)
    noteRecords(progress, main, ran.sequences)
    note(run, ran, stopped)
    if (!Object.values(progress.due).some(Boolean)) yield stepEvent()
  }
  yield { kind: 'done', step: progress.step, solved: progress.solved }
}

function noteRecords(progress: Progress, executable: Executable, sequences: number): void {
  for (const name of executable.program.slots.keys()) {
    if (!name.startsWith(recordPrefix)) continue
    const records = (progress.records ??= {})
    records[name] = (records[name] ?? 0) + executable.scalar(name) * sequences
  }
}

/** Updates the counters after a run of the program and sets the due events. */
function note(
  { config: { logging }, task, loaded, progress, totalSteps }: Running,
  ran: Ran,
  stopped: boolean,
): void {
  const before = progress.step
  addTo(progress.log, ran)
  addTo(progress.epoch, ran)
  // A run that finds the series solved updates nothing.
  if (!stopped) progress.step += task.stepsPerRun
  const { step, due } = progress
  if (task.stepsPerEpoch > task.stepsPerRun && passed(task.stepsPerEpoch, before, step)) {
    progress.epochLoss = meanLoss(progress.epoch)
    progress.epoch = noSums()
  }
  progress.ending = stopped || step >= totalSteps
  const at = (every: number) => passed(every, before, step) || progress.ending
  due.metrics = at(logging.logEvery) || progress.epochLoss !== null
  due.validation = task.evaluation !== undefined && at(logging.evalEvery)
  due.sample =
    (task.samples ?? task.answers ?? task.images) !== undefined &&
    logging.sampleEvery > 0 &&
    at(logging.sampleEvery)
  due.flow = loaded.recordsGradients && passed(logging.gradientEvery, before, step)
  due.checkpoint = at(logging.checkpointEvery)
}

/** Yields the due events, the step last; returns early if `control` is set. */
function* dueEvents(run: Running): Generator<TrainingEvent, void, void> {
  const { config, task, loaded, progress, control } = run
  const { due, step } = progress
  if (!Object.values(due).some(Boolean)) return
  const stepEvent = (): TrainingEvent => ({
    kind: 'step',
    step,
    epoch: Math.floor(step / task.stepsPerEpoch),
  })
  if (due.metrics) {
    due.metrics = false
    yield { kind: 'metrics', step, values: trainingMetrics(run) }
  }
  if (due.flow) {
    const flow = asked(control) ? undefined : loaded.gradients(config.seed, step, control)
    if (!flow && asked(control)) return
    due.flow = false
    if (flow) yield { kind: 'flow', step, ...flow }
  }
  if (due.validation) {
    const values = asked(control) ? undefined : loaded.validate(config.seed, step, control)
    if (!values) return
    due.validation = false
    progress.lastLoss = values[validationLoss.name]!
    progress.isBest = progress.lastLoss < (progress.bestLoss ?? Infinity)
    if (progress.isBest) progress.bestLoss = progress.lastLoss
    due.checkpoint ||= progress.isBest
    yield { kind: 'metrics', step, values }
  }
  if (due.sample) {
    if (asked(control)) return
    due.sample = false
    yield {
      kind: 'sample',
      step,
      ...sampleNow(config, task, loaded, step),
    }
  }
  if (due.checkpoint) {
    due.checkpoint = false
    const best = progress.isBest
    progress.isBest = false
    yield { kind: 'checkpoint', step, loss: progress.lastLoss, best }
  }
  yield stepEvent()
}

/** Means since the last point (losses per answer, records per sequence, others per step), and resets the sums. */
function trainingMetrics({ config, task, progress, totalSteps }: Running): Record<string, number> {
  const { log, epochLoss, step } = progress
  const values: Record<string, number> = {}
  if (log.runs > 0) {
    const loss = meanLoss(log)
    if (loss !== null) values[trainingLoss.name] = loss
    values['train/gradient_norm'] = log.norm / log.runs
    values['train/learning_rate'] = learningRate(config, Math.max(0, step - 1), totalSteps)
    if (task.outputs) {
      values['train/accuracy'] = 1 - log.wrong / (log.runs * task.outputs)
      values['train/solved'] = progress.solved ? 1 : 0
    }
    for (const [name, total] of Object.entries(progress.records ?? {}))
      values[metricOf(name)] = total / log.sequences
    if (readsOwn(config.forcing))
      values['train/teacher_forcing_ratio'] = truthShare(config.forcing, Math.max(0, step - 1))
  }
  if (epochLoss !== null) values['train/epoch_loss'] = epochLoss
  progress.log = noSums()
  delete progress.records
  progress.epochLoss = null
  return values
}
