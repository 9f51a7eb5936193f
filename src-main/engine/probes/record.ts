// Reads a text once and hands over what was watched, stretch by stretch. The state is carried, so the length of a stretch does not show.
import type { SequenceNetwork } from '../nn/network.ts'
import type { Executable } from '../run/executor.ts'

/** Symbols per run: any number where the state is carried; the whole text where layers read from its end or in windows. */
export const stretchOf = ({ bidirectional, subsample }: SequenceNetwork, length: number): number =>
  bidirectional || subsample > 1 ? Math.max(1, length) : 128

/** Reads `ids` in stretches of T; `take(from, count)` is called after each with the program's outputs in place. */
export function readThrough(
  executable: Executable,
  ids: Int32Array,
  steps: number,
  take: (from: number, count: number) => void,
): void {
  const buffer = new Float64Array(steps)
  const keeps = executable.program.slots.has('keep')
  for (let from = 0; from < ids.length; from += steps) {
    const count = Math.min(steps, ids.length - from)
    for (let t = 0; t < steps; t++) buffer[t] = t < count ? ids[from + t]! : -1
    executable.write('ids', buffer)
    if (keeps) executable.write('keep', [from === 0 ? 0 : 1])
    executable.run({ seed: [0, 0], step: 0 })
    take(from, count)
  }
}
