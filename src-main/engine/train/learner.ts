// The programs of one run with their memory: training, validation, answers, sampling. Weights live in the training program; the others
// get a copy when they are used.
import type { RunConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { Pictures, AnswerTable } from '../../contract/run.ts'
import type { Program } from '../compile/program.ts'
import type { Buckets, Task } from '../data/tasks/task.ts'
import { initialValues, seedWords } from '../nn/initialise.ts'
import type { Executable, Executor } from '../run/executor.ts'
import type { Tensor } from '../safetensors.ts'
import { readerProgram } from '../probes/reader.ts'
import { flowProgramsOf, flowSize, type FlowPrograms } from './flow.ts'
import { flowPoint } from './flowPoint.ts'
import { answersProgram, evaluationProgram, picturesProgram, trainingProgram } from './program.ts'

export interface Programs {
  /** Of tasks with buckets: padded to the longest. */
  train: Program
  /** Padded to the shorter lengths, shortest first, on the memory of `train`. */
  shorter: Program[]
  evaluation: Program | undefined
  shorterEvaluation: Program[]
  answers: Program | undefined
  flow: FlowPrograms | undefined
  sample: Program | undefined
}

const shorterOf = (buckets: Buckets | undefined) => Array.from({ length: (buckets?.count ?? 1) - 1 }, (_, i) => i) // prettier-ignore
const longestOf = (buckets: Buckets | undefined) => (buckets?.count ?? 1) - 1

/** The program with memory for others beside it; the longest needs the most but for accidents of packing. */
const roomFor = (others: readonly Program[], program: Program): Program => ({
  ...program,
  size: Math.max(program.size, ...others.map(({ size }) => size)),
})

export function programsOf(task: Task, config: RunConfig): Programs {
  const { buckets, evaluation } = task
  const shorter = shorterOf(buckets).map((bucket) => trainingProgram(task, config.train, bucket))
  const shorterEvaluation = shorterOf(evaluation?.buckets).map((bucket) => evaluationProgram(task, bucket)!)
  const held = evaluationProgram(task, longestOf(evaluation?.buckets))
  return {
    train: roomFor(shorter, trainingProgram(task, config.train, longestOf(buckets))),
    shorter,
    evaluation: held && roomFor(shorterEvaluation, held),
    shorterEvaluation,
    answers: answersProgram(task),
    flow: flowProgramsOf(task, config),
    sample: task.samples ? readerProgram(task.network, { steps: 1, outputs: true }) : picturesProgram(task),
  }
}

/** Elements of all memory together. */
export const programsSize = ({ train, evaluation, answers, sample, flow }: Programs): number =>
  [train, evaluation, answers, sample].reduce((n, p) => n + (p?.size ?? 0), 0) + flowSize(flow)

export class Learner {
  /** The states of all buckets: weights, moments. */
  readonly main: Executable
  private readonly shorter: Executable[]
  private readonly task: Task
  private readonly programs: Programs
  private readonly executor: Executor
  private readonly others = new Map<Program, Executable>()
  private flowing: Program | undefined

  constructor(task: Task, programs: Programs, executor: Executor) {
    this.task = task
    this.programs = programs
    this.executor = executor
    this.main = executor.load(programs.train)
    this.shorter = programs.shorter.map((program) => executor.load(program, this.main))
    task.prepare?.(this.main)
  }

  /** Whether there is a gradient through time to record. */
  get recordsFlow(): boolean {
    return this.programs.flow !== undefined
  }

  /** The program of update `step`. */
  at(step: number): Executable {
    return (this.task.buckets && this.shorter[this.task.buckets.of(step)]) ?? this.main
  }

  initialise(config: RunConfig): void {
    let index = 0
    for (const [name, weight] of this.task.network.weights) {
      this.main.write(name, initialValues(weight, config.model.init, config.seed, index++))
    }
  }

  /** Every state of the training program: weights, moments, carried states. */
  tensors(): Map<string, Tensor> {
    const states = [...this.programs.train.slots].filter(([, slot]) => slot.kind === 'state')
    return new Map(
      states.map(([name, { shape }]) => [name, { shape: [...shape], data: this.main.read(name) }]),
    )
  }

  /** Takes over weights, and moments and carried states where they fit; throws E_MODEL_MISMATCH when `all` must and do not. */
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

  /** Sums of the validation pass as metrics; undefined when `control` ended it early. */
  validate(seed: number, step: number, control: Int32Array | undefined): Record<string, number> | undefined {
    const evaluation = this.task.evaluation!
    const longest = this.withWeights(this.programs.evaluation!)
    const shorter = this.programs.shorterEvaluation.map((program) => this.loaded(program, longest))
    const names = [...longest.program.slots]
      .filter(([, slot]) => slot.kind === 'output')
      .map(([name]) => name)
    const sums: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]))
    for (let run = 0; run < evaluation.runs; run++) {
      const executable = (evaluation.buckets && shorter[evaluation.buckets.of(run)]) ?? longest
      evaluation.feed(executable, run, step)
      if (!executable.run({ seed: seedWords(seed), step, ...(control && { cancel: control }) }))
        return undefined
      for (const name of names) sums[name]! += executable.scalar(name)
    }
    return evaluation.metrics(sums)
  }

  table(seed: number, step: number): AnswerTable {
    const executable = this.withWeights(this.programs.answers!)
    this.task.answers!.prepare(executable)
    executable.run({ seed: seedWords(seed), step })
    return this.task.answers!.table(executable)
  }

  pictures(): Pictures {
    return this.task.pictures!.draw(this.withWeights(this.programs.sample!))
  }

  /** Gradient through time of update `step`, before it is made; undefined when `control` ended it early or nothing can be recorded. */
  flow(
    seed: number,
    step: number,
    control: Int32Array | undefined,
  ): ReturnType<typeof flowPoint> | undefined {
    const program = this.programs.flow?.at(this.task.buckets?.of(step) ?? 0)
    if (!program) return undefined
    // One length at a time is in memory.
    if (this.flowing && this.flowing !== program) this.unload(this.flowing)
    this.flowing = program
    const flow = this.withWeights(program)
    for (const name of program.slots.keys())
      if (name.startsWith('carry.')) flow.write(name, this.main.read(name))
    this.task.prepare?.(flow)
    this.task.feed(flow, step)
    const radii = this.programs.flow!.radii()
    const radius = radii && this.withWeights(radii)
    const run = { seed: seedWords(seed), step, ...(control && { cancel: control }) }
    return flow.run(run) && (radius?.run(run) ?? true) ? flowPoint(step, flow, radius) : undefined
  }

  /** The one-symbol program with the weights of now. */
  reader(): Executable {
    return this.withWeights(this.programs.sample!)
  }

  dispose(): void {
    for (const executable of [this.main, ...this.shorter]) executable.dispose()
    for (const executable of this.others.values()) executable.dispose()
    this.others.clear()
  }

  private withWeights(program: Program): Executable {
    const executable = this.loaded(program)
    for (const name of this.task.network.weights.keys())
      if (program.slots.has(name)) executable.write(name, this.main.read(name))
    return executable
  }

  private unload(program: Program): void {
    this.others.get(program)?.dispose()
    this.others.delete(program)
  }

  private loaded(program: Program, beside?: Executable): Executable {
    let executable = this.others.get(program)
    if (!executable) this.others.set(program, (executable = this.executor.load(program, beside)))
    return executable
  }
}
