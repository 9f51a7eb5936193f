// Lifetimes -> offsets: buffers that are never live at the same time share memory. First fit, in order of decreasing size.
import { largest } from '../../contract/longLists.ts'
import type { Buffer } from './bufferView.ts'
import { elements, type Program } from './program.ts'

/** In elements: 64 bytes in f32, so that vectors of every width are aligned. */
const alignment = 16

/** `size` elements rounded up to the alignment. */
export const aligned = (size: number): number => Math.ceil(size / alignment) * alignment

/** Elements from the start of the arena to the end of the last slot, aligned. */
export const slotsEnd = (slots: Program['slots']): number =>
  Math.max(0, largest([...slots.values()].map(({ offset, shape }) => offset + aligned(elements(shape)))))

/** First and last use of each buffer, as positions of fusion groups in the block. */
export class Lifetimes {
  readonly spans = new Map<Buffer, { first: number; last: number }>()

  add(buffer: Buffer, at: number): void {
    this.spans.set(buffer, { first: at, last: at })
  }

  /** Extends the lifetime of a buffer to position `at`; false if the buffer belongs to another block. */
  touch(buffer: Buffer, at: number): boolean {
    const span = this.spans.get(buffer)
    if (!span) return false
    span.first = Math.min(span.first, at)
    span.last = Math.max(span.last, at)
    return true
  }

  /** Sets the offset of every buffer, relative to `parent`; returns the total size in elements. */
  allocate(parent: Buffer | undefined): number {
    const placed: { from: number; to: number; first: number; last: number }[] = []
    let total = 0
    const all = [...this.spans].sort(([a], [b]) => b.size - a.size)
    for (const [buffer, { first, last }] of all) {
      const size = aligned(buffer.size)
      const overlapping = placed
        .filter((p) => p.first <= last && first <= p.last)
        .sort((a, b) => a.from - b.from)
      let offset = 0
      for (const r of overlapping) {
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
