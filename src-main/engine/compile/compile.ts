// Graph -> program: rewrite, schedule, assign memory. The size of the arena is known here, before the first run.
import { describeNode, sameShape, topological, type Node } from '../graph/node.ts'
import { aligned, slotsEnd } from './allocate.ts'
import type { Binding } from './binding.ts'
import { Block } from './block.ts'
import { finish } from './emit.ts'
import { denseView, makeBuffer } from './bufferView.ts'
import { lower } from './lower.ts'
import { elements, type Precision, type Program, type Slot, type SlotKind } from './program.ts'
import { rewrite } from './rewrite.ts'

export interface ProgramSpec {
  /** Values to read after a run, by name. */
  outputs: Readonly<Record<string, Node>>
  /** [state node, its new value]: written at the end of a run, after all reads of old values. */
  updates?: readonly (readonly [Node, Node])[]
  /** Precision of all matrix products; default f32. */
  precision?: Precision
  /** The arena of another program on which this one is to run. */
  shared?: SharedArena
}

/** The part of a program's arena that other programs running on it must leave intact. */
export interface SharedArena {
  /** States that the other programs may read, by name; they cannot update them. */
  states: ReadonlyMap<string, Slot>
  /** Length in elements; the arena beyond it is free for other programs. */
  size: number
}

/** The arena of `program`, all of whose slots stay intact; states for which `readable` is true can be read by other programs. */
export function sharedArenaOf({ slots }: Program, readable: (name: string) => boolean): SharedArena {
  const states = [...slots].filter(([name, { kind }]) => kind === 'state' && readable(name))
  return { states: new Map(states), size: slotsEnd(slots) }
}

/** Intermediate results of a compilation, for the compile report; read-only. */
export interface Compilation {
  /** The graph as given: the outputs, then target and value of each update. */
  roots: readonly Node[]
  /** The same values after rewriting. */
  rewritten: readonly Node[]
  /** The top-level block; its instructions are those of the program, in the same order. */
  block: Block
  /** Elements taken by slots; the memory of `block` follows. */
  slotsSize: number
}

/**
 * Compiles a graph. Throws TypeError if a name is used twice, or if an update targets a node that is no state, has another shape or
 * belongs to the shared arena.
 */
export function compile(
  { outputs, updates = [], precision, shared }: ProgramSpec,
  watch?: (compilation: Compilation) => void,
): Program {
  const names = Object.keys(outputs)
  for (const [target, value] of updates) {
    if (target.op !== 'state')
      throw new TypeError(`compile: ${describeNode(target)} is not a state and cannot be updated`)
    if (!sameShape(target.shape, value.shape))
      throw new TypeError(`compile: ${describeNode(target)} cannot hold ${describeNode(value)}`)
  }
  const roots = [
    ...names.map((name) => outputs[name]!),
    ...updates.flatMap(([target, value]) => [target, value]),
  ]
  // Twice: a node that the first pass hoisted may be a product with one-hot rows, or equal to another node.
  const rewritten = rewrite(rewrite(roots))
  const order = topological(rewritten)

  const slots = new Map<string, Slot>()
  const block = new Block(undefined, 1, precision)
  let size = shared?.size ?? 0
  const addSlot = (name: string, kind: SlotKind, shape: readonly number[]) => {
    const known = slots.get(name)
    if (known) throw new TypeError(`compile: the name ${name} is used twice`)
    const buffer = makeBuffer(elements(shape))
    buffer.offset = size
    slots.set(name, { kind, offset: size, shape: [...shape] })
    size += aligned(buffer.size)
    return denseView(buffer, shape)
  }
  const findSlot = (name: string, slot: Slot, shape: readonly number[]) => {
    if (slots.has(name)) throw new TypeError(`compile: the name ${name} is used twice`)
    if (!sameShape(slot.shape, shape))
      throw new TypeError(
        `compile: the state ${name} of shape (${shape.join(', ')}) is stored in the shared arena as (${slot.shape.join(', ')})`,
      )
    if (updates.some(([target]) => target.attrs.name === name))
      throw new TypeError(`compile: the state ${name} belongs to the shared arena and cannot be updated`)
    slots.set(name, slot)
    const buffer = makeBuffer(elements(shape))
    buffer.offset = slot.offset
    return denseView(buffer, shape)
  }
  // States first, sorted by name: programs with the same states can run on one arena.
  const named = (op: 'state' | 'input') => order.filter((leaf) => leaf.op === op)
  const states = named('state').sort((a, b) => (a.attrs.name! < b.attrs.name! ? -1 : 1))
  for (const leaf of [...states, ...named('input')]) {
    const name = leaf.attrs.name!
    const sharedSlot = leaf.op === 'state' ? shared?.states.get(name) : undefined
    block.setView(
      leaf,
      sharedSlot ? findSlot(name, sharedSlot, leaf.shape) : addSlot(name, leaf.op as SlotKind, leaf.shape),
    )
  }
  const bindings: Binding[] = names.map((name, i) => ({
    node: rewritten[i]!,
    view: addSlot(name, 'output', rewritten[i]!.shape),
  }))
  updates.forEach((_, u) => {
    const target = rewritten[names.length + 2 * u]!
    const slot = slots.get(target.attrs.name!)!
    const buffer = makeBuffer(elements(slot.shape))
    buffer.offset = slot.offset
    bindings.push({
      node: rewritten[names.length + 2 * u + 1]!,
      view: denseView(buffer, slot.shape),
      over: target,
    })
  })
  const computed = order.filter((n) => n.op !== 'input' && n.op !== 'state')
  lower(block, computed, bindings)
  const temporaries = makeBuffer(0)
  temporaries.offset = size
  temporaries.size = block.lifetimes.allocate(temporaries)
  watch?.({ roots, rewritten, block, slotsSize: size })
  return {
    size: size + temporaries.size,
    slots,
    code: finish(block.code),
    ...(shared && { from: shared.size }),
  }
}
