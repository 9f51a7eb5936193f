// Reads one long sequence as parts side by side, in the columns of one program, which is several times faster than symbol by symbol. Parts begin
// at zero states first; they are read again from the last states of the parts before them, until nothing changes. What it writes is what a
// reading in order gives, up to the tolerance; it gives up where states are remembered for longer than some parts.
import { stateShapes, type SequenceNetwork } from '../../nn/network.ts'
import { openReader, sequenceOf, type TrainedModel } from '../model.ts'
import type { ColumnsRead, OnLogits } from './columnsRead.ts'
import { toColumns } from './toColumns.ts'

/** Symbols of one run of the program, which has as many columns as there are parts. */
const steps = 32
const maxParts = 32
const shortestPart = 1000
const maxSweeps = 4
/** Largest difference of a state that counts as none, relative to states above 1: that of roundings, which readings in another order have, too. */
const tolerance = 1e-5

type States = (Float32Array | Float64Array)[]

/** Whether a network can read this sequence in parts, and whether that pays. */
export const readsInParts = ({ bidirectional, subsample }: SequenceNetwork, length: number): boolean =>
  !bidirectional && subsample === 1 && length >= 4 * shortestPart

const isSame = (a: States, b: States): boolean =>
  a.every((values, s) =>
    values.every((x, i) => {
      const other = b[s]![i]!
      return x === other || Math.abs(x - other) <= tolerance * Math.max(1, Math.abs(x))
    }),
  )

/** Fills the columns; returns false, with values that are not those of the text, if the states do not settle. */
export function readInParts(
  model: TrainedModel,
  ids: Int32Array,
  columns: readonly ColumnsRead[],
  onLogits?: OnLogits,
): boolean {
  const network = sequenceOf(model)
  const runs = Math.ceil(ids.length / Math.min(maxParts, Math.floor(ids.length / shortestPart)) / steps)
  const size = runs * steps
  const parts = Math.ceil(ids.length / size)
  const executable = openReader(model, {
    extent: [steps],
    batch: parts,
    outputs: onLogits !== undefined,
    watch: ({ index }, id) => columns.some(({ layer, signal }) => layer === index && signal === id),
  })
  try {
    const states: States = stateShapes(network).map(({ name }) => executable.view(`carry.${name}`))
    const symbols = executable.view('ids')
    /** The states after each run of the last sweep. */
    const before: States[] = []
    for (let sweep = 0; sweep < maxSweeps; sweep++) {
      if (sweep > 0) continueParts(states, before[runs - 1]!, parts)
      for (let run = 0; run < runs; run++) {
        const first = run * steps
        for (let t = 0; t < steps; t++)
          for (let p = 0; p < parts; p++) symbols[t * parts + p] = ids[p * size + first + t] ?? -1
        if (executable.program.slots.has('keep')) executable.write('keep', [sweep + run === 0 ? 0 : 1])
        executable.run({ seed: [0, 0], step: 0 })
        const counts = Array.from({ length: parts }, (_, p) =>
          Math.max(0, Math.min(steps, ids.length - p * size - first)),
        )
        for (const { key, units, length, values } of columns) {
          const read = executable.view(key)
          counts.forEach((count, p) =>
            toColumns(read, p * units, parts * units, count, values, units, length, p * size + first),
          )
        }
        if (onLogits) tellLogits(executable.view('logits'), onLogits, size, first, counts)
        model.control?.progress?.(
          (ids.length * (Math.min(sweep, 1) * runs + run + 1)) / (2 * runs),
          ids.length,
        )
        const now = states.map((values) => values.slice())
        if (states.length === 0 ? run === runs - 1 : sweep > 0 && isSame(now, before[run]!)) return true
        before[run] = now
      }
    }
    return false
  } finally {
    executable.dispose()
  }
}

/** Each part goes on from the last states of the part before it, the first from zero. */
function continueParts(states: States, last: States, parts: number): void {
  states.forEach((values, s) => {
    const width = values.length / parts
    values.fill(0, 0, width)
    values.set(last[s]!.subarray(0, values.length - width), width)
  })
}

function tellLogits(
  logits: Float32Array | Float64Array,
  onLogits: OnLogits,
  size: number,
  first: number,
  counts: readonly number[],
): void {
  const classes = logits.length / steps / counts.length
  const rows = new Float32Array(steps * classes)
  counts.forEach((count, p) => {
    for (let t = 0; t < count; t++) {
      const at = (t * counts.length + p) * classes
      rows.set(logits.subarray(at, at + classes), t * classes)
    }
    if (count > 0) onLogits(p * size + first, count, rows)
  })
}
