// Reading and writing the named places of a program's arena, the same for both executors. It checks names and lengths, not values.
import { elements, type Program, type Slot } from '../compile/program.ts'
import type { Executable } from './executor.ts'

/** What an Executable offers over its arena `T`; throws RangeError on an unknown name or a wrong length. */
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
    read: (name: string): T => view(name).slice() as T,
    scalar(name: string): number {
      const value = view(name)[0]
      if (value === undefined) throw new RangeError(`Slot "${name}" is empty and has no first value`)
      return value
    },
  }
}

/** The arena of `beside` for `program`, if both keep the same states at the same places there; throws RangeError otherwise. */
export function sharedArena<T extends Float32Array | Float64Array>(program: Program, beside: Executable): T {
  const states = ({ slots }: Program) =>
    JSON.stringify([...slots].filter(([, { kind }]) => kind === 'state').map(([name, s]) => [name, s.offset, s.shape])) // prettier-ignore
  if (program.size > beside.memory.length)
    throw new RangeError(
      `The program needs ${program.size} elements; the memory to share has ${beside.memory.length}`,
    )
  if (states(program) !== states(beside.program))
    throw new RangeError('Programs with different states cannot share their memory')
  return beside.memory.subarray(0, program.size) as T
}
