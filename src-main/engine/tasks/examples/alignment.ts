// Reads the attention of output texts from a program that decoded them.
import type { Alignment } from '../../../contract/alignment.ts'
import type { Executable } from '../../run/executor.ts'
import type { ExampleNetwork } from './network.ts'

/** Weights of an alignment, at most; of larger texts there is none. */
export const maxWeights = 2 ** 16

/** Input symbols that one output of the encoder stands for. */
export const windowOf = ({ encoder }: ExampleNetwork): number =>
  encoder ? encoder.subsample ** encoder.layers.length : 1

/** An output whose attention is read: its symbols with the column of the program in which each was computed. */
export interface AlignedOutput {
  source: readonly string[]
  output: readonly string[]
  columns: readonly number[]
}

/** Reads the output `alignments` (A, S, N) of a program; undefined without attention, and for more than `limit` weights. */
export function alignmentReader(
  executable: Executable,
  window: number,
): (aligned: AlignedOutput, limit?: number) => Alignment | undefined {
  const shape = executable.program.slots.get('alignments')?.shape
  if (!shape) return () => undefined
  const [, states, all] = shape as [number, number, number]
  const values = executable.read('alignments')
  return ({ source, output, columns }, limit = maxWeights) => {
    const count = Math.ceil(source.length / window)
    if (count * output.length > limit) return undefined
    const parts = Array.from({ length: count }, (_, s) =>
      source.slice(s * window, (s + 1) * window).join(' '),
    )
    const weights = output.map((_, t) =>
      parts.map((_part, s) => Math.round(1000 * values[(t * states + s) * all + columns[t]!]!) / 1000),
    )
    return { source: parts, output: [...output], weights }
  }
}
