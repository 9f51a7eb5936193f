// Reads one text in many columns side by side, each with its own interventions, and gives -log p of every symbol in each.
import type { Executable } from '../run/executor.ts'
import { changeWriter, isActive, signalChanges, type Change } from './changes.ts'
import { openReader, sequenceOf, type TrainedModel } from './model.ts'

/** Symbols read from a zero state before those that count. */
export const warmUp = 100
/** Steps of one run: few, so that the states of all columns stay in the cache until the output layer reads them. */
const steps = 8

export interface ColumnReading {
  ids: Int32Array
  /** Changes of each variant; an empty list reads the text as it is. */
  variants: readonly (readonly Change[])[]
  /** Labels of the predicates of changes, by their text. */
  labels: ReadonlyMap<string, Uint8Array>
  /** Parts of the text that are read side by side, each with its own warm-up. */
  parts: number
}

/** -log p of each symbol, (variants, T) in nats; NaN for the first symbol. */
export function columnLosses(
  model: TrainedModel,
  { ids, variants, labels, parts }: ColumnReading,
): Float32Array {
  const network = sequenceOf(model)
  const batch = variants.length * parts
  const all = variants.flat()
  const columnsOf = new Map(
    variants.flatMap((changes, v) =>
      changes.map((change) => [change, Array.from({ length: parts }, (_, p) => v * parts + p)] as const),
    ),
  )
  const executable = openReader(model, {
    extent: [steps],
    batch,
    // A text that is read as a whole is the same in all columns.
    sameText: parts === 1,
    outputs: false,
    losses: true,
    changes: signalChanges(all),
  })
  const write = changeWriter(executable, network, all, {
    steps,
    batch,
    columns: (change) => columnsOf.get(change)!,
  })
  const losses = new Float32Array(variants.length * ids.length).fill(NaN)
  const size = Math.ceil(ids.length / parts)
  const starts = Array.from({ length: parts }, (_, p) => (p === 0 ? 0 : p * size - warmUp))
  const longest = size + (parts > 1 ? warmUp : 0)
  const nll = executable.view('nll')
  for (let first = 0; first < longest; first += steps) {
    writeSymbols(executable, ids, starts, first)
    write(first, ({ positions }, t, b) => {
      const at = starts[b % parts]! + t
      const { where } = positions
      return isActive(positions, where === undefined || labels.get(where)![at] === 1, at)
    })
    executable.write('keep', [first === 0 ? 0 : 1])
    executable.run({ seed: [0, 0], step: 0 })
    model.control?.progress?.(Math.min(first + steps, longest), longest)
    for (let t = 0; t < steps; t++)
      for (let b = 0; b < batch; b++) {
        const part = b % parts
        const at = starts[part]! + first + t + 1
        const from = part === 0 ? 1 : part * size
        if (at < from || at >= Math.min(ids.length, (part + 1) * size)) continue
        losses[Math.floor(b / parts) * ids.length + at] = nll[t * batch + b]!
      }
  }
  executable.dispose()
  return losses
}

/** Writes the symbols of the next run, and those after each; -1 behind the end. */
function writeSymbols(
  executable: Executable,
  ids: Int32Array,
  starts: readonly number[],
  first: number,
): void {
  const [read, next] = [executable.view('ids'), executable.view('next')]
  const columns = read.length / steps
  for (let t = 0; t < steps; t++)
    for (let b = 0; b < columns; b++) {
      const at = starts[b % starts.length]! + first + t
      read[t * columns + b] = ids[at] ?? -1
      next[t * columns + b] = ids[at + 1] ?? -1
    }
}
