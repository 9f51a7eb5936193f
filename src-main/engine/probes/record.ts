// Runs a reader program over a text in chunks of T symbols. The state is carried between chunks, so results do not depend on T.
import type { SequenceNetwork } from '../nn/network.ts'
import type { Executable } from '../run/executor.ts'

/** Symbols per program run: 128 with carried states; the whole text for bidirectional and subsampled networks, which need all of it. */
export const chunkLength = ({ bidirectional, subsample }: SequenceNetwork, length: number): number =>
  bidirectional || subsample > 1 ? Math.max(1, length) : 128

/** Runs the program over `ids` in chunks of `steps`; calls `onChunk(from, count)` after each, when its outputs can be read. */
export function runOverText(
  executable: Executable,
  ids: Int32Array,
  steps: number,
  onChunk: (from: number, count: number) => void,
): void {
  const buffer = new Float64Array(steps)
  const hasKeep = executable.program.slots.has('keep')
  for (let from = 0; from < ids.length; from += steps) {
    const count = Math.min(steps, ids.length - from)
    for (let t = 0; t < steps; t++) buffer[t] = t < count ? ids[from + t]! : -1
    executable.write('ids', buffer)
    if (hasKeep) executable.write('keep', [from === 0 ? 0 : 1])
    executable.run({ seed: [0, 0], step: 0 })
    onChunk(from, count)
  }
}
