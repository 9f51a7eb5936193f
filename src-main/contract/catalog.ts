// All registries as plain data, from which the launch form, the signal menus and the docs are built.
import type { RunConfigInput } from './config.ts'
import type { OptionGroup } from './config.ts'
import type { Field } from './fields.ts'
import type { TaskInfo } from './taskInfo.ts'

export interface CellInfo {
  id: string
  title: string
  paper: string
  about: string
  /** What it goes through: sequences one way, images both ways. */
  reads: 'sequences' | 'images'
  /** Signals that can be drawn over a text; kind gives the colour scale: gate 0..1, bounded -1..1, free. */
  signals: { id: string; title: string; kind: 'gate' | 'bounded' | 'free' }[]
  /** Signals computed from those: arguments of activations such as `pre_i`, gradients of the loss such as `grad_c`; not of images. */
  derived: CellInfo['signals']
  /** Options of this cell; paths start with `model.options.`. */
  fields: Field[]
}

/** A figure that a run of a preset reaches with its settings unchanged, read when the run has ended. */
export interface PresetPromise {
  /** Key of a curve, whose last value counts; with `find`, a score of the unit that ranks first: `auc` or `f1`. */
  metric: string
  /** The ranking that `inspect --find PREDICATE --signal SIGNAL` makes. */
  find?: { predicate: string; signal: string }
  /** Key of the curve of a baseline that is recorded in the same run and that the metric is better than. */
  baseline?: string
  atLeast?: number
  atMost?: number
  /** `kept` of `of` seeds, not selected by result, reached the bound; undefined for a published result that is not measured here. */
  seeds?: { kept: number; of: number }
}

export interface Preset {
  id: string
  title: string
  about: string
  config: RunConfigInput
  promises: readonly PresetPromise[]
  /** `promises` as text. */
  expects: string
  /** The user must choose a text first. */
  needsFile?: string
}

export interface Catalog {
  cells: CellInfo[]
  presets: Preset[]
  /** In menu order; each with the fields of its data. */
  tasks: TaskInfo[]
  /** Options of a configuration by group, in the order of the form. */
  fields: Record<OptionGroup, Field[]>
}

/** What a training holds, in bytes, exactly: the language's own memory comes on top. */
export interface HeldMemory {
  /** The tensors of all programs, which share one arena. */
  programs: number
  /** Scratch memory of the kernels: packed operands, partial results, strips per thread. */
  scratch: number
  /** The encoded symbols. */
  data: number
}

/** A questionable setting that can still be trained. Every shell shows it before or at the launch; the run stores it. */
export interface PlanWarning {
  path: string
  message: string
}

/** The cost of a configuration, known before the start. */
export interface Plan {
  parameters: number
  /** Memory of training: the sum of `memory`. */
  memoryBytes: number
  memory: HeldMemory
  /** Limit of that memory: the free memory, or what one program can address. */
  availableBytes: number
  /** That limit as text, with its cause. */
  limit: string
  stepsPerEpoch: number
  totalSteps: number
  symbolsPerStep: number
  vocabulary: number
  symbols: { train: number; validation: number }
  executor: string
  warnings: PlanWarning[]
}
