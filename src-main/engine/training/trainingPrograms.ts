// All programs of one run in one arena. The states of training stay in place; the rest of the arena is used by the training program and,
// between two of its runs, by validation, predictions, sampling and the gradient record, which read the weights in place.
import type { RunConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { HeldMemory } from '../../contract/catalog.ts'
import type { LiveAnswer, LivePin } from '../../contract/live.ts'
import type { GrayImages, AnswerTable } from '../../contract/run.ts'
import { largest } from '../../contract/longLists.ts'
import { slotsEnd } from '../compile/allocate.ts'
import { sharedArenaOf, type SharedArena } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { Buckets, Task } from './task.ts'
import { initialise, initOf, seedWords } from '../nn/initialise.ts'
import type { Executable, Executor } from '../run/executor.ts'
import type { Tensor } from '../checkpoint/safetensors.ts'
import { readerProgram } from '../generation/reader.ts'
import { gradientProgramsOf, type CompiledGradients, type GradientPrograms } from './gradientPrograms.ts'
import { gradientCurves, gradientRecord } from './gradientRecord.ts'
import { pinnedReader, type PinnedReader } from './pinnedReader.ts'
import { answersProgram, evaluationProgram, imagesProgram, trainingProgram } from './program.ts'

export interface Programs {
  /** The training step, padded to the longest bucket. */
  train: Program
  /** The training step for the shorter buckets, shortest first. */
  shorter: Program[]
  evaluation: Program | undefined
  shorterEvaluation: Program[]
  answers: Program | undefined
  gradients: GradientPrograms | undefined
  sample: Program | undefined
  claims: Program | undefined
}

/** Programs as plain data, for other threads and later trainings of the same configuration and text. */
export type CompiledPrograms = Omit<Programs, 'gradients'> & { gradients: CompiledGradients | undefined }

export const compiledPrograms = ({ gradients, ...programs }: Programs): CompiledPrograms => ({
  ...programs,
  gradients: gradients?.compiled(),
})

/** Offsets inside a program are 31 bits wide. */
export const maxElements = 2 ** 31

const shorterOf = (buckets: Buckets | undefined) =>
  Array.from({ length: (buckets?.count ?? 1) - 1 }, (_, i) => i)
const longestOf = (buckets: Buckets | undefined) => (buckets?.count ?? 1) - 1

/** Compiles all programs of a training that are not in `compiled`. They do not depend on the seed. */
export function programsOf(task: Task, config: RunConfig, compiled?: CompiledPrograms): Programs {
  const { buckets, evaluation, network } = task
  if (compiled) {
    const kept = sharedArenaOf(compiled.train, () => true)
    return { ...compiled, gradients: gradientProgramsOf(task, config, kept, compiled.gradients) }
  }
  const train = trainingProgram(task, config, longestOf(buckets))
  const kept = sharedArenaOf(train, (name) => network.weights.has(name))
  return {
    train,
    shorter: shorterOf(buckets).map((bucket) => trainingProgram(task, config, bucket)),
    evaluation: evaluationProgram(task, longestOf(evaluation?.buckets), kept),
    shorterEvaluation: shorterOf(evaluation?.buckets).map((bucket) => evaluationProgram(task, bucket, kept)!),
    answers: answersProgram(task, kept),
    gradients: gradientProgramsOf(
      task,
      config,
      sharedArenaOf(train, () => true),
    ),
    sample: config.logging.sampleEvery > 0 ? sampleProgram(task, kept) : undefined,
    claims: task.claims?.program(kept),
  }
}

/** The program that generates text or images, in the arena `kept` of the training program. */
export const sampleProgram = (task: Task, kept: SharedArena): Program | undefined =>
  task.samples
    ? readerProgram(task.samples.network, { extent: [1], outputs: true, kept })
    : imagesProgram(task, kept)

const listOf = ({ gradients, ...others }: Programs): Program[] =>
  [...Object.values(others), gradients?.longest(), gradients?.radii()].flatMap((one) => one ?? [])

/** Elements of the arena: the size of the largest program. */
export const programsSize = (programs: Programs): number => largest(listOf(programs).map(({ size }) => size))

/** Memory of a training with these programs. */
export function heldMemory(programs: Programs, task: Task, executor: Executor): HeldMemory {
  const size = programsSize(programs)
  const scratch = size < maxElements ? executor.scratchBytes(listOf(programs)) : 0
  return { programs: size * executor.bytesPerElement, scratch, data: task.dataBytes ?? 0 }
}

export const heldBytes = ({ programs, scratch, data }: HeldMemory): number => programs + scratch + data

export class TrainingPrograms {
  /** The training step of the longest bucket; it holds the states of all buckets. */
  readonly main: Executable
  private readonly shorter: Executable[]
  private readonly task: Task
  private readonly programs: Programs
  private readonly executor: Executor
  private readonly others = new Map<Program, Executable>()
  private loadedGradients: Program | undefined
  /** Metrics of the last test of the claims. */
  private lastClaims: Record<string, number> = {}
  private readonly pinned: PinnedReader

  constructor(task: Task, programs: Programs, executor: Executor) {
    this.task = task
    this.programs = programs
    this.executor = executor
    this.main = executor.load({ ...programs.train, size: programsSize(programs) })
    this.shorter = programs.shorter.map((program) => executor.load(program, this.main))
    task.prepare?.(this.main)
    this.pinned = pinnedReader(
      task,
      sharedArenaOf(programs.train, (name) => task.network.weights.has(name)),
    )
  }

  /** Whether the gradient through time is recorded. */
  get recordsGradients(): boolean {
    return this.programs.gradients !== undefined
  }

  /** The training program of update `step`. */
  at(step: number): Executable {
    return (this.task.buckets && this.shorter[this.task.buckets.of(step)]) ?? this.main
  }

  initialise(config: RunConfig): void {
    let index = 0
    for (const [name, weight] of this.task.network.weights) {
      initialise(weight, initOf(weight, config.model), config.seed, index++, this.main.view(name))
    }
  }

  /** Views of all states of the training program (weights, moments, carried states); the next run changes them. */
  tensors(): Map<string, Tensor> {
    const states = [...this.programs.train.slots].filter(([, slot]) => slot.kind === 'state')
    return new Map(
      states.map(([name, { shape }]) => [name, { shape: [...shape], data: this.main.view(name) }]),
    )
  }

  /** Whether every weight is a finite number. */
  isFinite(): boolean {
    for (const name of this.task.network.weights.keys())
      for (const value of this.main.view(name)) if (!Number.isFinite(value)) return false
    return true
  }

  /** Loads weights, and with `all` moments and carried states too, which otherwise are loaded if their shapes are equal. Throws E_MODEL_MISMATCH. */
  restore(tensors: ReadonlyMap<string, Tensor>, all: boolean): void {
    const issues: { path: string; message: string }[] = []
    for (const [path, { kind, shape }] of this.programs.train.slots) {
      if (kind !== 'state' || (!all && path.startsWith('carry.'))) continue
      const tensor = tensors.get(path)
      if (tensor && String(tensor.shape) === String(shape)) this.main.write(path, tensor.data)
      else if (all || this.task.network.weights.has(path)) {
        issues.push({
          path,
          message: `expected (${shape.join(', ')}), found ${tensor ? `(${tensor.shape.join(', ')})` : 'nothing'}`,
        })
      }
    }
    if (issues.length > 0) {
      const table = issues.map((i) => `${i.path}: ${i.message}`).join('; ')
      throw new UnrollError('E_MODEL_MISMATCH', `checkpoint: tensors do not fit this run. ${table}.`, {
        issues,
      })
    }
  }

  /** Metrics of a validation pass and of the claims; undefined if `control` cancelled it. */
  validate(seed: number, step: number, control: Int32Array | undefined): Record<string, number> | undefined {
    const evaluation = this.task.evaluation!
    const longest = this.ready(this.programs.evaluation!)
    const shorter = this.programs.shorterEvaluation.map((program) => this.loaded(program))
    const names = [...longest.program.slots]
      .filter(([, { kind, shape }]) => kind === 'output' && shape.length === 0)
      .map(([name]) => name)
    const sums: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]))
    for (let run = 0; run < evaluation.runs; run++) {
      const executable = (evaluation.buckets && shorter[evaluation.buckets.of(run)]) ?? longest
      evaluation.feed(executable, run)
      if (!executable.run({ seed: seedWords(seed), step, ...(control && { cancel: control }) }))
        return undefined
      for (const name of names) sums[name]! += executable.scalar(name)
      for (const [name, value] of Object.entries(evaluation.measure?.(executable, run) ?? {}))
        sums[name] = (sums[name] ?? 0) + value
    }
    const claims = this.testClaims(control)
    return claims && { ...evaluation.metrics(sums), ...claims }
  }

  /** Metrics of the run's claims; undefined if `control` cancelled it. */
  private testClaims(control: Int32Array | undefined): Record<string, number> | undefined {
    const { claims } = this.programs
    const metrics = claims ? this.task.claims!.metrics(this.ready(claims), control) : {}
    if (metrics) this.lastClaims = metrics
    return metrics
  }

  table(seed: number, step: number): AnswerTable {
    const executable = this.ready(this.programs.answers!)
    this.task.answers!.prepare(executable)
    executable.run({ seed: seedWords(seed), step })
    return this.task.answers!.table(executable)
  }

  images(): GrayImages {
    return this.task.images!.draw(this.ready(this.programs.sample!))
  }

  /** Gradient through time of the batch of update `step`; undefined if `control` cancelled it or there is nothing to record. */
  gradients(
    seed: number,
    step: number,
    control: Int32Array | undefined,
  ): ReturnType<typeof gradientRecord> | undefined {
    const program = this.programs.gradients?.at(this.task.buckets?.of(step) ?? 0)
    if (!program) return undefined
    // Only one bucket is loaded at a time.
    if (this.loadedGradients && this.loadedGradients !== program) this.unload(this.loadedGradients)
    this.loadedGradients = program
    const executable = this.ready(program)
    this.task.prepare?.(executable)
    this.task.feed(executable, step)
    const run = { seed: seedWords(seed), step, ...(control && { cancel: control }) }
    if (!executable.run(run)) return undefined
    const curves = gradientCurves(executable)
    const measured = this.programs.gradients!.radii()
    const radii = measured && this.ready(measured)
    return (radii?.run(run) ?? true) ? gradientRecord(step, curves, radii) : undefined
  }

  /** The program that reads one symbol, with the current weights. */
  reader(): Executable {
    return this.ready(this.programs.sample!)
  }

  /** See Training.read. */
  readPinned(pin: LivePin, step: number): LiveAnswer {
    return this.pinned(pin, step, {
      ready: (program) => this.ready(program),
      unload: (program) => this.unload(program),
      lastClaims: this.lastClaims,
    })
  }

  dispose(): void {
    for (const executable of [this.main, ...this.shorter]) executable.dispose()
    for (const executable of this.others.values()) executable.dispose()
    this.others.clear()
  }

  /** The executable of a program, its own slots zeroed, as other programs have used the arena since. */
  private ready(program: Program): Executable {
    const executable = this.loaded(program)
    executable.memory.fill(0, program.from, slotsEnd(program.slots))
    if (!this.fits(program)) {
      for (const [name, { offset }] of program.slots)
        if (offset < (program.from ?? 0)) executable.write(name, this.main.read(name))
    }
    return executable
  }

  private unload(program: Program): void {
    this.others.get(program)?.dispose()
    this.others.delete(program)
  }

  /** Whether a program fits into the arena. The gradient program of a shorter bucket may be larger than that of the longest; it then gets its own memory. */
  private fits(program: Program): boolean {
    return program.size <= this.main.memory.length
  }

  private loaded(program: Program): Executable {
    let executable = this.others.get(program)
    if (!executable) {
      executable = this.executor.load(program, this.fits(program) ? this.main : undefined)
      this.others.set(program, executable)
    }
    return executable
  }
}
