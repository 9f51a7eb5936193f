// Random views and values for the comparison of kernels: dense, padded, transposed, broadcast, moved by loops.
import type { View } from '../../src-main/engine/compile/program.ts'
import { elements } from '../../src-main/engine/compile/program.ts'
import { randomStream } from '../../src-main/engine/run/random.ts'

/** Draws views that do not overlap from one growing arena. */
export function arena(seed: number) {
  const random = randomStream({ seed: [seed >>> 0, 0], step: 0 }, 1)
  let size = random.below(5)
  const { below, uniform } = random

  /** A new window of that shape, elements in a random order of dimensions with random gaps; `counts` of the enclosing loops. */
  function view(shape: number[], counts: number[] = [], broadcast = false): View {
    const strides = new Array<number>(shape.length).fill(0)
    const order = shape.map((_, d) => d)
    if (below(3) === 0) order.sort(() => uniform() - 0.5)
    let step = below(6) === 0 ? 2 : 1
    for (const d of order.reverse()) {
      if (broadcast && below(4) === 0) continue
      strides[d] = step
      step = step * Math.max(1, shape[d]!) + (below(5) === 0 ? below(4) : 0)
    }
    const loop = counts.map((count) => {
      if (broadcast && below(2) === 0) return 0
      const stride = step
      step *= Math.max(1, count)
      return stride
    })
    const offset = size
    size += step + below(3)
    return { offset, shape, strides, loop }
  }

  return {
    below,
    uniform,
    view,
    size: () => size,
    /** Values of mixed sign and size, as f32. */
    values: (scale = 2) => Float32Array.from({ length: size }, () => (uniform() - 0.5) * 2 * scale),
    /** Writes ids from -1 to rows - 1 into a view of rank 1. */
    writeIds(
      memory: Float32Array,
      { offset, shape, strides, loop }: View,
      rows: number,
      counts: number[] = [],
    ) {
      const all = counts.reduce((n, c) => n * c, 1)
      for (let it = 0; it < all; it++) {
        let rest = it
        let at = offset
        for (let d = counts.length - 1; d >= 0; d--) {
          at += (rest % counts[d]!) * (loop[d] ?? 0)
          rest = Math.floor(rest / counts[d]!)
        }
        for (let m = 0; m < elements(shape); m++) memory[at + m * strides[0]!] = below(rows + 1) - 1
      }
    },
  }
}
