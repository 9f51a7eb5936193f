// Interventions with their values, written into the inputs of a reader program before each of its runs.
import { UnrollError } from '../../contract/errors.ts'
import type { Intervention, Operation } from '../../contract/intervention.ts'
import type { SignalChange } from '../generation/reader.ts'
import { seedWords } from '../nn/initialise.ts'
import { signalKey } from '../nn/model.ts'
import type { SequenceNetwork } from '../nn/network.ts'
import type { Executable } from '../run/executor.ts'
import { uniformAt } from '../run/random.ts'
import { levelOf, type UnitReading } from './levels.ts'
import { sequenceOf, type TrainedModel } from './model.ts'
import { layerAt, signalOf } from './signals.ts'

const stream = 0x72736d70

/** An intervention on the units of a layer: value = scale * value + shift, a drawn value, or the value of the step before. */
export interface Change {
  layer: number
  signal: string
  units: readonly number[]
  /** Per unit: scale and shift. */
  factors: readonly (readonly [scale: number, shift: number])[]
  /** Per unit: the values that resampling draws from. */
  pool?: readonly Float32Array[]
  hold: boolean
  /** Whether it is the same at all steps. */
  always: boolean
  positions: Pick<Intervention, 'from' | 'at' | 'where'>
}

/** Whether a change is active at step t of column b. */
export type Active = (change: Change, t: number, column: number) => boolean

const refuse = (message: string) =>
  new UnrollError('E_ARG', `interventions: ${message}`, { path: 'interventions' })

/** The values of an intervention. Throws E_ARG for a layer, signal or unit that the model does not have. */
export function changeOf(
  model: TrainedModel,
  { layer, signal: id, units: named, operation, from, at, where }: Intervention,
  readings: (layer: number, signal: string) => UnitReading,
): Change {
  const network = sequenceOf(model)
  const signal = signalOf(network, id).id
  if (layer >= network.layers.length)
    throw refuse(`there is no layer ${layer + 1}; the layers are 1 to ${network.layers.length}.`)
  const { outputSize } = layerAt(network, layer)
  const units = named ?? Array.from({ length: outputSize }, (_, unit) => unit)
  const missing = units.find((unit) => unit >= outputSize)
  if (missing !== undefined)
    throw refuse(`layer ${layer + 1} has no unit ${missing}; its units are 0 to ${outputSize - 1}.`)
  const reading = () => readings(layer, signal)
  const resampled = operation.kind === 'resample'
  return {
    layer,
    signal,
    units,
    factors: units.map((unit) => factorsOf(operation, unit, reading)),
    ...(resampled && { pool: units.map((unit) => reading().valuesOf(unit)) }),
    hold: operation.kind === 'freeze',
    always: from === undefined && at === undefined && where === undefined && !resampled,
    positions: {
      ...(from !== undefined && { from }),
      ...(at !== undefined && { at }),
      ...(where !== undefined && { where }),
    },
  }
}

/** Scale and shift of a unit; a drawn value is added to the shift. */
function factorsOf(operation: Operation, unit: number, reading: () => UnitReading): [number, number] {
  switch (operation.kind) {
    case 'set':
      return [0, levelOf(operation.level, reading, unit)]
    case 'add':
      return [1, operation.value]
    case 'scale':
      return [operation.value, 0]
    case 'flip':
      return [-1, 0]
    case 'resample':
      return [0, 0]
    case 'freeze':
      return [1, 0]
  }
}

/** The inputs that these changes need in a reader program. */
export function signalChanges(changes: readonly Change[]): SignalChange[] {
  const groups = Map.groupBy(changes, ({ layer, signal }) => `${layer}.${signal}`)
  return [...groups.values()].map((group) => ({
    layer: group[0]!.layer,
    signal: group[0]!.signal,
    varies: group.some(({ always, hold }) => !always || hold),
    held: group.some(({ hold }) => hold),
  }))
}

export interface WriterOptions {
  /** Steps and columns of the program. */
  steps: number
  batch: number
  /** Of the values that resampling draws; they depend on it, the step, the column and the unit. */
  seed?: number
  /** The columns of a change; default all. */
  columns?: (change: Change) => readonly number[]
}

/** Writes the inputs for steps `first`, first + 1, ... of the next run, where `active`. */
export type ChangeWriter = (first: number, active: Active) => void

export function changeWriter(
  executable: Executable,
  network: SequenceNetwork,
  changes: readonly Change[],
  { steps, batch, seed = 0, columns }: WriterOptions,
): ChangeWriter {
  const words = seedWords(seed)
  const everywhere = Array.from({ length: batch }, (_, b) => b)
  const inputs = signalChanges(changes).flatMap(({ layer, signal, varies, held }) => {
    const { scans, hidden } = layerAt(network, layer)
    return scans.map(({ path }, scan) => {
      const key = signalKey(path, signal)
      return {
        from: scan * hidden,
        hidden,
        times: varies ? steps : 1,
        varies,
        of: changes.filter((change) => change.layer === layer && change.signal === signal),
        scale: executable.view(`scale/${key}`),
        shift: executable.view(`shift/${key}`),
        hold: held ? executable.view(`hold/${key}`) : undefined,
      }
    })
  })
  let isWritten = false
  return (first, active) => {
    for (const { from, hidden, times, varies, of, scale, shift, hold } of inputs) {
      if (isWritten && !varies) continue
      scale.fill(1)
      shift.fill(0)
      hold?.fill(0)
      for (const change of of)
        for (const b of columns?.(change) ?? everywhere)
          for (let t = 0; t < times; t++) {
            if (!active(change, first + t, b)) continue
            change.units.forEach((unit, u) => {
              if (unit < from || unit >= from + hidden) return
              const at = (t * batch + b) * hidden + unit - from
              if (hold) hold[at] = +change.hold
              const [factor, term] = change.factors[u]!
              const pool = change.pool?.[u]
              const u01 = pool ? uniformAt({ seed: words, step: first + t }, stream, b, unit) : 0
              scale[at]! *= factor
              shift[at] = shift[at]! * factor + term + (pool ? pool[Math.floor(u01 * pool.length)]! : 0)
            })
          }
    }
    isWritten = true
  }
}

/** Whether a change is active at position t; `holds`: whether its predicate holds there. */
export const isActive = ({ from, at }: Change['positions'], holds: boolean, t: number): boolean =>
  holds && (from === undefined || t >= from) && (at === undefined || t === at)
