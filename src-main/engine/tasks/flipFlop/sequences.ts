// Sequences of the flip-flop task: pulses of +1 and -1 per channel, and the sign of the last pulse of each (Sussillo & Barak 2013).
import type { randomStream } from '../../run/random.ts'
import type { FlipFlopData } from './data.ts'

/** Inputs and targets of `columns` sequences, (T, B, C) each. */
export interface PulseBuffers {
  pulses: Float64Array
  signs: Float64Array
}

export const pulseBuffers = ({ channels, length }: FlipFlopData, columns: number): PulseBuffers => ({
  pulses: new Float64Array(length * columns * channels),
  signs: new Float64Array(length * columns * channels),
})

/**
 * Draws sequences, one per column. The first step has a pulse on every channel, as in FixedPointFinder, so that a target is never undefined;
 * at each later step a channel has one with the pulse probability. Both signs are equally probable.
 */
export function drawSequences(
  { channels, length, pulseProbability }: FlipFlopData,
  random: ReturnType<typeof randomStream>,
  columns: number,
  { pulses, signs }: PulseBuffers,
): void {
  const perStep = columns * channels
  for (let b = 0; b < columns; b++)
    for (let t = 0; t < length; t++)
      for (let c = 0; c < channels; c++) {
        const at = t * perStep + b * channels + c
        const sign = 2 * random.below(2) - 1
        const pulse = t === 0 || random.uniform() < pulseProbability ? sign : 0
        pulses[at] = pulse
        signs[at] = pulse === 0 ? signs[at - perStep]! : pulse
      }
}

/** The rows (T, C) of column `column` of values (T, B, C). */
export function columnRows(
  { channels, length }: FlipFlopData,
  values: Float64Array | Float32Array,
  columns: number,
  column: number,
): number[][] {
  return Array.from({ length }, (_, t) => {
    const from = (t * columns + column) * channels
    return Array.from(values.subarray(from, from + channels))
  })
}
