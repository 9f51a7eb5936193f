// Statistics of units over a text, from which interventions take their values.
import { UnrollError } from '../../contract/errors.ts'
import type { Level } from '../../contract/intervention.ts'
import { encodeTyped } from '../generation/sample.ts'
import { refuseNonText, type TrainedModel } from './model.ts'
import { positionsWhere } from './positions.ts'
import { recordSignal } from './recordings/signals.ts'

/** Number of first symbols left out, since the state starts at zero. */
const warmUp = 100

/** Values of one signal of one layer over a text, read once. */
export interface UnitReading {
  /** The values of a unit at the positions where the predicate holds, at all of them without one. Throws E_ARG if there is none. */
  valuesOf(unit: number, where?: string): Float32Array
}

/** Reads signals over a text, each once. `text` undefined: throws E_ARG when a value is asked for. */
export function unitReadings(
  model: TrainedModel,
  text: string | undefined,
): (layer: number, signal: string) => UnitReading {
  const cache = new Map<string, UnitReading>()
  return (layer, signal) => {
    const key = `${layer}.${signal}`
    const known = cache.get(key) ?? read(model, text, layer, signal)
    cache.set(key, known)
    return known
  }
}

function read(model: TrainedModel, text: string | undefined, layer: number, signal: string): UnitReading {
  if (text === undefined)
    throw new UnrollError(
      'E_ARG',
      'interventions: quantiles, means and resampling need a text to read, and this run has none. Give a number, as in set(1.5).',
      { path: 'interventions' },
    )
  refuseNonText(model, 'inspect')
  const { ids, symbols: tokens, spaces } = encodeTyped(text, model.symbols, 'text')
  const recording = recordSignal(model, [ids], { layer, signal })
  const first = Math.min(warmUp, Math.floor(tokens.length / 10))
  const chosen = new Map<string, Int32Array>()
  const positions = (where: string): Int32Array => {
    const known =
      chosen.get(where) ??
      Int32Array.from(
        positionsWhere(where, tokens, spaces, model.symbols.unit === 'word').filter(
          (position) => position >= first,
        ),
      )
    chosen.set(where, known)
    return known
  }
  return {
    valuesOf(unit, where = '') {
      const values = recording.column(unit)
      if (!where) return values.slice(first)
      const at = positions(where)
      if (at.length === 0)
        throw new UnrollError('E_ARG', `interventions: "${where}" holds nowhere in the text that was read.`, {
          path: 'interventions',
        })
      return Float32Array.from(at, (t) => values[t]!)
    },
  }
}

/** The level of a unit, in the units of the signal. */
export function levelOf(level: Level, reading: () => UnitReading, unit: number): number {
  if (level.kind === 'number') return level.value
  const values = reading().valuesOf(unit, level.where)
  if (level.kind === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length
  return quantile(values.sort(), level.share)
}

/** The quantile of ascending values, interpolated linearly (as NumPy does by default). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!)
}
