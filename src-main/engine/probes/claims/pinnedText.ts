// A pinned text for a training: which signal is read over it, the program, and the values of one unit from a run of the program.
import { pinnedLength, type LivePin, type LiveReading } from '../../../contract/live.ts'
import { UnrollError } from '../../../contract/errors.ts'
import type { SharedArena } from '../../compile/compile.ts'
import type { Program } from '../../compile/program.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import type { Weights } from '../../nn/weights.ts'
import type { Executable } from '../../run/executor.ts'
import type { EncodedSequence } from '../inspectedSequences.ts'
import { layerAt, signalOf } from '../signals.ts'
import { claimProgram, readRows } from './claimProgram.ts'
import type { ClaimLayout } from './claimText.ts'

export interface PinnedText {
  /** The program, which reads the weights in the arena of the training program. */
  program(kept: SharedArena): Program
  /** The values of a unit with the weights of the executable. */
  values(executable: Executable, unit: number): Omit<LiveReading, 'step'>
}

/** Throws E_ARG for an unknown layer or signal. */
export function pinnedText(
  network: SequenceNetwork,
  weights: Weights,
  { symbols, spaces, ids }: EncodedSequence,
  { layer, signal }: { layer: number; signal: string },
): PinnedText {
  const { outputSize } = layerAt(network, layer)
  const signals = [{ layer, signal: signalOf(network, signal).id }]
  const layout: ClaimLayout = {
    groups: [[{ ids, from: 0, start: 0, end: ids.length, at: 0 }]],
    batch: 1,
    steps: ids.length,
    masked: network.bidirectional || network.subsample > 1,
    skip: 0,
    positions: ids.length,
  }
  return {
    program: (kept) => claimProgram(network, weights, signals, layout, kept),
    values(executable, unit) {
      if (unit >= outputSize)
        throw new UnrollError('E_ARG', `unit: ${unit} is not one of 0..${outputSize - 1}.`, { path: 'unit' })
      const values = new Float32Array(ids.length)
      readRows(executable, network, signals, layout, (at, [view], [offset]) => {
        values[at] = view![offset! + unit]!
      })
      return {
        layer,
        signal,
        unit,
        tokens: [...symbols],
        spaces: symbols.map((_, t) => spaces[t] ?? ''),
        values,
      }
    },
  }
}

/** The typed text of a pin; without one the beginning of the held-out text. Throws E_ARG. */
export function textOfPin({ text }: LivePin, heldOut: (length: number) => string | undefined): string {
  const found = text ?? heldOut(pinnedLength)
  if (found) return found
  throw new UnrollError('E_ARG', 'text: this run has no text of its own to show. Type one.', { path: 'text' })
}
