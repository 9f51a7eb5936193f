// Attribution of a program's arena. Buffers that are never live together share memory, so a part has two sizes: `bytes`, its size alone, and
// `held`, its share of the arena. The shares add up to the size of the program.
import type { MemoryKind, ProgramGraph, Section } from '../../contract/programGraph.ts'
import { aligned } from '../compile/allocate.ts'
import type { Block } from '../compile/block.ts'
import type { Compilation } from '../compile/compile.ts'
import type { Buffer } from '../compile/bufferView.ts'
import { elements, type Program, type SlotKind } from '../compile/program.ts'
import { nameOf } from '../graph/names.ts'
import { topological, type Node } from '../graph/node.ts'
import type { Wording } from './wording.ts'

/** A slot or a buffer, in elements. */
interface Piece {
  kind: MemoryKind
  /** The layer, which distinguishes parts of one kind. */
  of: string
  name: string
  from: number
  size: number
}

const order: readonly MemoryKind[] = [
  'weights', 'moments', 'carried', 'inputs', 'outputs', 'saved', 'hoisted', 'stacked', 'gradients', 'packed', 'loops', 'temporaries',
] // prettier-ignore
const titles: Record<MemoryKind, string> = {
  weights: 'weights',
  moments: 'moments of the optimiser',
  carried: 'states carried to the next window',
  inputs: 'inputs',
  outputs: 'results',
  saved: 'kept for the backward pass',
  hoisted: 'products made before the loop',
  stacked: 'gradients kept for products after the loop',
  gradients: 'gradients of weights',
  packed: 'weights packed for the loop',
  loops: 'inside the loops',
  temporaries: 'other values',
}
const itemsShown = 12

/** The parts of a program's arena, in elements. */
export function memoryOf(
  program: Program,
  { block, slotsSize, rewritten }: Compilation,
  weights: ReadonlySet<string>,
  context: ReportContext,
): Omit<ProgramGraph['memory'], 'others' | 'whole'> & { unit: 'elements' } {
  const scans = topological(rewritten).filter((node) => node.op === 'scan')
  const pieces = [...slotPieces(program, weights), ...bufferPieces(block, slotsSize, scans, weights, context)]
  const parts = new Map<string, { kind: MemoryKind; of: string; pieces: Piece[] }>()
  for (const kind of order) {
    for (const piece of pieces.filter((p) => p.kind === kind)) {
      const key = `${kind} ${piece.of}`
      const part = parts.get(key)
      if (part) part.pieces.push(piece)
      else parts.set(key, { kind, of: piece.of, pieces: [piece] })
    }
  }
  const taken = new Uint8Array(program.size / 16)
  const made = [...parts.values()].map(({ kind, of, pieces: own }) => ({
    kind,
    title: of ? `${titles[kind]}, ${of}` : titles[kind],
    bytes: own.reduce((n, p) => n + p.size, 0),
    held: own.reduce((n, p) => n + claim(taken, p), 0),
    items: own
      .toSorted((a, b) => b.size - a.size)
      .slice(0, itemsShown)
      .map(({ name, size }) => ({ name, bytes: size })),
  }))
  // Gaps that fit no buffer.
  const gaps = 16 * taken.filter((t) => t === 0).length
  if (gaps > 0) {
    const rest = {
      kind: 'temporaries' as const,
      title: 'gaps between buffers',
      bytes: gaps,
      held: gaps,
      items: [],
    }
    made.push(rest)
  }
  const bytes = made.reduce((n, p) => n + p.held, 0)
  return { bytes, shared: made.reduce((n, p) => n + p.bytes, 0) - bytes, parts: made, unit: 'elements' }
}

/** Claims the elements of a piece that no earlier piece claimed, in lines of 16 elements; returns their number. */
function claim(taken: Uint8Array, { from, size }: Piece): number {
  let count = 0
  for (let line = from / 16; line < (from + size) / 16; line++) {
    if (taken[line] === 0) count += 16
    taken[line] = 1
  }
  return count
}

function slotPieces({ slots }: Program, weights: ReadonlySet<string>): Piece[] {
  return [...slots].map(([name, { kind, offset, shape }]) => ({
    kind: slotKind(name, kind, weights),
    of: '',
    name,
    from: offset,
    size: aligned(elements(shape)),
  }))
}

function slotKind(name: string, kind: SlotKind, weights: ReadonlySet<string>): MemoryKind {
  if (kind === 'input') return 'inputs'
  if (kind === 'output') return 'outputs'
  if (weights.has(name)) return 'weights'
  return name.startsWith('optim.') ? 'moments' : 'carried'
}

interface ReportContext {
  sectionOf: (node: Node) => Section
  word: Wording
  loopName: (scanned: Node) => string
}

/** The buffers of the top-level block; the memory of a loop body is one of them. */
function bufferPieces(
  block: Block,
  start: number,
  scans: readonly Node[],
  weights: ReadonlySet<string>,
  { sectionOf, word, loopName }: ReportContext,
): Piece[] {
  const names = namesOnBuffers(block, word)
  const kinds = new Map<Buffer, { kind: MemoryKind; of: string }>()
  const say = (buffer: Buffer | undefined, kind: MemoryKind, of: string) => {
    if (buffer && !kinds.has(buffer)) kinds.set(buffer, { kind, of })
  }
  for (const [node, place] of block.packs) {
    say(place.buffer, 'packed', '')
    names.set(place.buffer, [word(node)])
  }
  for (const scanned of scans) {
    const body = scanned.attrs.body!
    const results = block.scans.get(scanned)
    const of = loopName(scanned)
    const forward = sectionOf(scanned) === 'forward'
    const kind = forward ? 'saved' : 'stacked'
    results?.stacks.forEach((place, j) => {
      say(place.buffer, kind, of)
      if (!names.has(place.buffer)) names.set(place.buffer, [word(body.ys[j]!, 2)])
    })
    const inner = innerOf(block, scanned)
    for (const { buffer } of inner ? inner.lifetimes.spans.keys().map((b) => ({ buffer: b.parent })) : [])
      say(buffer, 'loops', '')
    for (const placeholder of body.xs) say(inner?.views.get(placeholder)?.buffer, 'hoisted', '')
    inner?.lifetimes.spans.keys().forEach((b) => {
      const loop = `${of}, ${forward ? 'forward' : 'backward'}`
      if (b.parent) names.set(b.parent, [loop])
    })
  }
  return [...block.lifetimes.spans.keys()].map((buffer): Piece => {
    const own = names.get(buffer) ?? []
    const gradient = own.some((name) => name.startsWith('d ') && weights.has(name.slice(2)))
    const { kind, of } = kinds.get(buffer) ?? { kind: gradient ? 'gradients' : 'temporaries', of: '' }
    const name = own.slice(0, 3).join(', ') || 'unnamed'
    return { kind, of, name, from: start + buffer.offset, size: aligned(buffer.size) }
  })
}

/** The block of a loop's body. */
export const innerOf = (block: Block, scanned: Node): Block | undefined => {
  const placeholders = [...scanned.attrs.body!.xs, ...scanned.attrs.body!.state]
  return block.loops.find((one) => placeholders.some((placeholder) => one.views.has(placeholder)))
}

/** The values stored in each buffer, in words; named values first. */
function namesOnBuffers(block: Block, word: Wording): Map<Buffer, string[]> {
  const found = new Map<Buffer, string[]>()
  const add = (buffer: Buffer, text: string) => {
    const list = found.get(buffer) ?? []
    if (text && !list.includes(text)) found.set(buffer, [...list, text])
  }
  const visit = (one: Block) => {
    for (const [node, place] of one.views) if (nameOf(node)) add(place.buffer, nameOf(node))
    one.loops.forEach(visit)
  }
  visit(block)
  for (const [node, place] of block.views) if (!found.has(place.buffer)) add(place.buffer, word(node, 1))
  return found
}
