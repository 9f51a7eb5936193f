// Lifetimes -> offsets: buffers that are never needed at the same time share memory. First fit, large ones first.
import { largest } from '../../contract/longLists.ts'
import type { Buffer } from './place.ts'
import { elements, type Program } from './program.ts'

/** Elements; 64 bytes in f32, so that vectors of every width start aligned. */
const alignment = 16

export const aligned = (size: number): number => Math.ceil(size / alignment) * alignment

/** Elements from the start of the memory to the end of the last slot, aligned. */
export const slotsEnd = (slots: Program['slots']): number =>
  Math.max(0, largest([...slots.values()].map(({ offset, shape }) => offset + aligned(elements(shape)))))

/** First and last use of buffers, by position in their block. */
export class Lifetimes {
  readonly spans = new Map<Buffer, { first: number; last: number }>()

  add(buffer: Buffer, at: number): void {
    this.spans.set(buffer, { first: at, last: at })
  }

  touch(buffer: Buffer, at: number): boolean {
    const span = this.spans.get(buffer)
    if (!span) return false
    span.first = Math.min(span.first, at)
    span.last = Math.max(span.last, at)
    return true
  }

  /** Sets every offset (relative to `parent`) and returns the total size. */
  allocate(parent: Buffer | undefined): number {
    const placed: { from: number; to: number; first: number; last: number }[] = []
    let total = 0
    const all = [...this.spans].sort(([a], [b]) => b.size - a.size)
    for (const [buffer, { first, last }] of all) {
      const size = aligned(buffer.size)
      const rivals = placed.filter((p) => p.first <= last && first <= p.last).sort((a, b) => a.from - b.from)
      let offset = 0
      for (const r of rivals) {
        if (offset + size <= r.from) break
        offset = Math.max(offset, r.to)
      }
      buffer.offset = offset
      buffer.parent = parent
      placed.push({ from: offset, to: offset + size, first, last })
      total = Math.max(total, offset + size)
    }
    return total
  }
}
