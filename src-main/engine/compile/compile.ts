// Graph -> program: rewrite, schedule, place. The whole memory is known here, before anything runs.
import { describeNode, sameShape, topological, type Node } from '../graph/node.ts'
import { aligned, slotsEnd } from './allocate.ts'
import { Block, type Binding } from './block.ts'
import { finish } from './emit.ts'
import { densePlace, makeBuffer } from './place.ts'
import { elements, type Precision, type Program, type Slot, type SlotKind } from './program.ts'
import { rewrite } from './rewrite.ts'

export interface ProgramSpec {
  /** Values to read after a run, by name. */
  outputs: Readonly<Record<string, Node>>
  /** [state node, its new value]: written at the end of a run, all at once. */
  updates?: readonly (readonly [Node, Node])[]
  /** Of all its products; default f32. */
  precision?: Precision
  /** Another program's memory that this one is to run on. */
  kept?: Kept
}

/** What of a program's memory must outlive the runs of others on it. */
export interface Kept {
  /** States that the others find here. They only read them. */
  states: ReadonlyMap<string, Slot>
  /** Elements; the others have what lies behind. */
  size: number
}

/** All slots of `program` are kept; its states that `readable` names can be read where they lie. */
export function keptOf({ slots }: Program, readable: (name: string) => boolean): Kept {
  const states = [...slots].filter(([name, { kind }]) => kind === 'state' && readable(name))
  return { states: new Map(states), size: slotsEnd(slots) }
}

/** How a program came about, for those who explain it. Nothing in it may be changed. */
export interface Compilation {
  /** As given: the outputs, then target and value of each update. */
  roots: readonly Node[]
  /** The same values after rewriting. */
  rewritten: readonly Node[]
  /** The outermost level; its calls are the program's, in the same order. */
  block: Block
  /** Elements before the memory of `block`: the slots. */
  slotsSize: number
}

/** Compiles; throws TypeError on two leaves of one name with different shapes, or an update of something that is no state or another's. */
export function compile(
  { outputs, updates = [], precision, kept }: ProgramSpec,
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
  // Twice: what the first pass moved out of loops may be a product with one-hot rows or equal to something else.
  const rewritten = rewrite(rewrite(roots))
  const order = topological(rewritten)

  const slots = new Map<string, Slot>()
  const block = new Block(undefined, 1, precision)
  let size = kept?.size ?? 0
  const addSlot = (name: string, kind: SlotKind, shape: readonly number[]) => {
    const known = slots.get(name)
    if (known) throw new TypeError(`compile: the name ${name} is used twice`)
    const buffer = makeBuffer(elements(shape))
    buffer.offset = size
    slots.set(name, { kind, offset: size, shape: [...shape] })
    size += aligned(buffer.size)
    return densePlace(buffer, shape)
  }
  const findSlot = (name: string, slot: Slot, shape: readonly number[]) => {
    if (slots.has(name)) throw new TypeError(`compile: the name ${name} is used twice`)
    if (!sameShape(slot.shape, shape))
      throw new TypeError(`compile: the state ${name} of shape (${shape.join(', ')}) lies there as (${slot.shape.join(', ')})`) // prettier-ignore
    if (updates.some(([target]) => target.attrs.name === name))
      throw new TypeError(`compile: the state ${name} is another program's and cannot be updated`)
    slots.set(name, slot)
    const buffer = makeBuffer(elements(shape))
    buffer.offset = slot.offset
    return densePlace(buffer, shape)
  }
  // States first, by name: programs with the same states can run on one memory.
  const named = (op: 'state' | 'input') => order.filter((leaf) => leaf.op === op)
  const states = named('state').sort((a, b) => (a.attrs.name! < b.attrs.name! ? -1 : 1))
  for (const leaf of [...states, ...named('input')]) {
    const name = leaf.attrs.name!
    const there = leaf.op === 'state' ? kept?.states.get(name) : undefined
    block.place(
      leaf,
      there ? findSlot(name, there, leaf.shape) : addSlot(name, leaf.op as SlotKind, leaf.shape),
    )
  }
  const bindings: Binding[] = names.map((name, i) => ({
    node: rewritten[i]!,
    place: addSlot(name, 'output', rewritten[i]!.shape),
  }))
  updates.forEach((_, u) => {
    const target = rewritten[names.length + 2 * u]!
    const slot = slots.get(target.attrs.name!)!
    const buffer = makeBuffer(elements(slot.shape))
    buffer.offset = slot.offset
    bindings.push({
      node: rewritten[names.length + 2 * u + 1]!,
      place: densePlace(buffer, slot.shape),
      over: target,
    })
  })
  block.lower(order.filter((n) => n.op !== 'input' && n.op !== 'state'), bindings) // prettier-ignore
  const temporaries = makeBuffer(0)
  temporaries.offset = size
  temporaries.size = block.lifetimes.allocate(temporaries)
  watch?.({ roots, rewritten, block, slotsSize: size })
  return { size: size + temporaries.size, slots, code: finish(block.code), ...(kept && { from: kept.size }) }
}
