// What a configuration will cost, before anything of its size is allocated: programs are laid out, never loaded.
import type { HeldMemory, Plan, PlanWarning } from '../contract/catalog.ts'
import type { RunConfig } from '../contract/config.ts'
import { UnrollError } from '../contract/errors.ts'
import { sizeText, unitsOption } from '../contract/shape.ts'
import { cellById, cellOptions, imageCellById } from './cells/index.ts'
import type { Text } from './data/source.ts'
import { taskWarnings, minPositions, networkFor, taskRow } from './tasks/index.ts'
import { taskWithClaims } from './taskWithClaims.ts'
import type { Task } from './training/task.ts'
import type { Executor } from './run/executor.ts'
import {
  compiledPrograms,
  heldBytes,
  heldMemory,
  maxElements,
  programsOf,
  type CompiledPrograms,
  type Programs,
} from './training/trainingPrograms.ts'
import { totalStepsOf } from './optim/schedules.ts'
import { momentCounts } from './optim/optimizers.ts'
import { parameterCount, unitCount } from './nn/model.ts'

/** Checks cell and options and fills defaults into `config.model.options`; throws E_CONFIG_UNKNOWN or E_CONFIG_RANGE. */
export function checkCellOptions(config: RunConfig): void {
  const find = taskRow(config.task).reads === 'images' ? imageCellById : cellById
  config.model.options = cellOptions(find(config.model.cell), config.model.options)
}

/** All that a plan needs of a configuration and its text but the free memory, and the programs themselves; plain data. */
export interface CompiledRun extends Omit<Plan, 'memoryBytes' | 'availableBytes' | 'limit'> {
  /** `memory` without the record of the gradient through time. */
  unrecorded: HeldMemory
  programs: CompiledPrograms
}

/** Compiles a checked configuration. The result does not depend on the seed. Throws E_CONFIG_*, E_DATA_EMPTY, E_DATA_SHORT and E_VOCAB_MAX. */
export function compileRun(config: RunConfig, text: Text, executor: Executor): CompiledRun {
  const task = taskWithClaims(config, text)
  const programs = programsOf(task, config)
  return {
    parameters: parameterCount(task.network),
    memory: heldMemory(programs, task, executor),
    unrecorded: heldMemory({ ...programs, gradients: undefined }, task, executor),
    stepsPerEpoch: task.stepsPerEpoch,
    totalSteps: totalStepsOf(config, task.stepsPerEpoch),
    symbolsPerStep: task.symbolsPerStep,
    vocabulary: task.vocabulary.length,
    symbols: task.symbols,
    executor: executor.description,
    warnings: warningsOf(config, task, programs),
    programs: compiledPrograms(programs),
  }
}

/** `compile` may answer with what is kept of the same configuration and text. Throws as it does, and E_CONFIG_*, E_TOO_LARGE_FOR_MEMORY, and E_MODEL_TOO_LARGE with both sizes. */
export function planRun(
  config: RunConfig,
  text: Text,
  executor: Executor,
  availableBytes: number,
  compile: typeof compileRun = compileRun,
): Plan {
  checkCellOptions(config)
  const least = leastElements(config)
  const limit = limitOf(availableBytes, executor)
  const has = limit.bytes
  if (least.weights * executor.bytesPerElement > has || least.states > maxElements) {
    throw tooLarge(config, (least.weights + least.states) * executor.bytesPerElement, limit, 'at least ')
  }
  const { programs: _programs, unrecorded, ...compiled } = compile(config, text, executor)
  const { memory } = compiled
  refuseData(memory.data, availableBytes)
  const fits = (held: HeldMemory) =>
    heldBytes(held) <= availableBytes && held.programs < maxElements * executor.bytesPerElement
  if (!fits(memory)) {
    throw fits(unrecorded)
      ? recordTooLarge(unrecorded, memory, limit)
      : tooLarge(config, heldBytes(memory), limit, '')
  }
  return {
    ...compiled,
    warnings: [...compiled.warnings],
    memoryBytes: heldBytes(memory),
    availableBytes: has,
    limit: limit.words,
  }
}

/** What no program of any text can do without: weights with gradients and moments, and the hidden states of all steps. */
function leastElements(config: RunConfig): { weights: number; states: number } {
  const { train, optimizer } = config
  const network = networkFor(config, 1, 1)
  const copies = 2 + momentCounts[optimizer.name]
  const steps = minPositions(config) * train.batch
  return {
    weights: copies * parameterCount(network),
    states: steps * unitCount(network),
  }
}

/** What training may hold at most, and in words what sets that limit. */
interface Limit {
  bytes: number
  words: string
}

/** The free memory, or what one program can address where that is less. */
function limitOf(availableBytes: number, executor: Executor): Limit {
  const program = maxElements * executor.bytesPerElement
  return availableBytes <= program
    ? { bytes: availableBytes, words: `${size(availableBytes)} of free memory` }
    : { bytes: program, words: `the ${size(program)} that one training can use` }
}

/** Terminals read the key, forms have a place for it and show the rest. */
function refusal(path: string, message: string): UnrollError {
  return new UnrollError('E_MODEL_TOO_LARGE', `${path}: ${message}`, { path, issues: [{ path, message }] })
}

/** All would fit but for the record of the gradient through time. */
const recordTooLarge = (unrecorded: HeldMemory, whole: HeldMemory, { words }: Limit): UnrollError =>
  refusal(
    'logging.gradientEvery',
    `training needs ${size(heldBytes(unrecorded))}, with the record of the gradient through time ${size(heldBytes(whole))}: more than ${words}. Set it to 0.`,
  )

/** Throws E_TOO_LARGE_FOR_MEMORY when the symbols alone do not fit. */
function refuseData(needs: number, has: number): void {
  if (needs <= has) return
  throw new UnrollError(
    'E_TOO_LARGE_FOR_MEMORY',
    `data.dataset: the symbols of this text take ${size(needs)}, more than ${size(has)} of free memory. Take a part of it.`,
    { path: 'data.dataset' },
  )
}

function tooLarge({ model, train }: RunConfig, needs: number, { words }: Limit, about: string): UnrollError {
  const sizes = `${sizeText(model)} units, window ${train.window}, batch ${train.batch}`
  return refusal(
    unitsOption(model),
    `training (${sizes}) needs ${about}${size(needs)}, more than ${words}. Lower hidden, layers, window or batch.`,
  )
}

/** Bytes in the largest binary unit that leaves a whole part. */
function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  const at = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${Number((bytes / 1024 ** at).toPrecision(3))} ${units[at]}`
}

function warningsOf(config: RunConfig, task: Task, { gradients }: Programs): PlanWarning[] {
  const warnings = task.warnings.map(({ message }) => ({ path: 'data.dataset', message }))
  const warn = (path: string, message: string) => warnings.push({ path, message })
  if (gradients?.leavesOutRadii())
    warn(
      'logging.gradientEvery',
      'the spectral radii of the recurrent matrices are not recorded: at this size they would cost more than three training steps each time. The gradient through time is.',
    )
  return [...warnings, ...taskWarnings(config, task)]
}
