// Access to the slots of a program's arena, the same for both executors. Checks names and lengths, not values.
import { slotsEnd } from '../compile/allocate.ts'
import { elements, type Program, type Slot } from '../compile/program.ts'
import type { Executable } from './executor.ts'

/** The slot methods of an Executable; they throw RangeError for an unknown name or a wrong length. */
export function slotAccess<T extends Float32Array | Float64Array>(program: Program, arena: () => T) {
  const find = (name: string): Slot => {
    const slot = program.slots.get(name)
    if (!slot)
      throw new RangeError(
        `The program has no slot "${name}"; it has ${[...program.slots.keys()].join(', ') || 'none'}`,
      )
    return slot
  }
  const view = (name: string): T => {
    const slot = find(name)
    return arena().subarray(slot.offset, slot.offset + elements(slot.shape)) as T
  }
  return {
    write(name: string, values: ArrayLike<number>) {
      const slot = find(name)
      if (slot.kind === 'output')
        throw new RangeError(`Slot "${name}" is an output; only inputs and states can be written`)
      const length = elements(slot.shape)
      if (values.length !== length) {
        throw new RangeError(
          `Slot "${name}" of shape [${slot.shape.join(', ')}] takes ${length} values, not ${values.length}`,
        )
      }
      arena().set(values, slot.offset)
    },
    view,
    read: (name: string): T => view(name).slice() as T,
    scalar(name: string): number {
      const value = view(name)[0]
      if (value === undefined) throw new RangeError(`Slot "${name}" is empty and has no first value`)
      return value
    },
  }
}

/**
 * The arena of `beside` for `program`, if both have the same states at the same offsets, or if the slots of `program` are beyond those of
 * `beside` and it only reads states of `beside`. Throws RangeError otherwise.
 */
export function sharedArena<T extends Float32Array | Float64Array>(program: Program, beside: Executable): T {
  const from = program.from ?? 0
  const statesOf = ({ slots }: Program) =>
    [...slots]
      .filter(([, { kind }]) => kind === 'state')
      .map(([name, { offset, shape }]) => ({ name, offset, shape }))
  const keysOf = (slots: ReturnType<typeof statesOf>) => slots.map((slot) => JSON.stringify(slot))
  const theirs = new Set(keysOf(statesOf(beside.program)))
  const read = keysOf(from > 0 ? statesOf(program).filter(({ offset }) => offset < from) : statesOf(program))
  const fits = read.every((slot) => theirs.has(slot))
  const disjoint = from > 0 ? slotsEnd(beside.program.slots) <= from : read.length === theirs.size
  if (program.size > beside.memory.length)
    throw new RangeError(
      `The program needs ${program.size} elements; the memory to share has ${beside.memory.length}`,
    )
  if (!fits || !disjoint) throw new RangeError('Programs with different states cannot share their memory')
  return beside.memory.subarray(0, program.size) as T
}
