// Buffer views: a node's values as a strided window on a buffer whose arena offset is assigned later. Slices, transposes, reshapes and
// broadcasts are views of their input's buffer, so they need no call.
import { denseStrides, elements, type View } from './program.ts'

/** Memory with one lifetime; `size` in elements. `parent` and `offset` are set by the allocator. */
export interface Buffer {
  size: number
  /** Offset within `parent`, or within the arena; -1 before allocation. */
  offset: number
  /** The buffer that contains this one: the memory of a loop body. */
  parent: Buffer | undefined
}

/** A strided window on a buffer, in elements; stride 0 repeats along an axis. */
export interface BufferView {
  buffer: Buffer
  offset: number
  shape: readonly number[]
  strides: readonly number[]
  /** Elements that the window advances per iteration of the enclosing loop of that depth; missing entries are 0. */
  loop: readonly number[]
}

export const makeBuffer = (size: number): Buffer => ({ size, offset: -1, parent: undefined })

export const denseView = (buffer: Buffer, shape: readonly number[]): BufferView => ({
  buffer,
  offset: 0,
  shape,
  strides: denseStrides(shape),
  loop: [],
})

/** Slice t of a stack (T, ...) at iteration t of the loop of that depth. */
export function timeSlice(stack: BufferView, depth: number): BufferView {
  const loop = [...stack.loop]
  while (loop.length < depth) loop.push(0)
  loop[depth] = stack.strides[0]!
  return { ...stack, shape: stack.shape.slice(1), strides: stack.strides.slice(1), loop }
}

export const shifted = (view: BufferView, elementsOn: number): BufferView => ({
  ...view,
  offset: view.offset + elementsOn,
})

export function sliceView(view: BufferView, axis: number, start: number, length: number): BufferView {
  return {
    ...shifted(view, start * view.strides[axis]!),
    shape: view.shape.map((d, i) => (i === axis ? length : d)),
  }
}

export const transposeView = (view: BufferView): BufferView => ({
  ...view,
  shape: [view.shape[1]!, view.shape[0]!],
  strides: [view.strides[1]!, view.strides[0]!],
})

/** The view broadcast to `shape`: stride 0 along new leading axes and axes of extent 1. */
export function broadcastView(view: BufferView, shape: readonly number[]): BufferView {
  const lead = shape.length - view.shape.length
  const strides = shape.map((d, i) =>
    i < lead || (view.shape[i - lead] === 1 && d !== 1) ? 0 : view.strides[i - lead]!,
  )
  return { ...view, shape, strides }
}

/** The same elements in another shape; undefined if no strides express it. */
export function reshapeView(view: BufferView, shape: readonly number[]): BufferView | undefined {
  // Runs of axes that are contiguous with each other, outermost first: total extent and innermost stride.
  const runs: { extent: number; stride: number }[] = []
  view.shape.forEach((d, i) => {
    if (d === 1) return
    const last = runs[runs.length - 1]
    const stride = view.strides[i]!
    if (last && last.stride === d * stride) Object.assign(last, { extent: last.extent * d, stride })
    else runs.push({ extent: d, stride })
  })
  if (elements(shape) === 1) return { ...view, shape, strides: shape.map(() => 0) }
  const strides = new Array<number>(shape.length).fill(0)
  let axis = shape.length - 1
  for (const run of runs.toReversed()) {
    let left = run.extent
    let stride = run.stride
    while (left > 1 && axis >= 0) {
      const d = shape[axis]!
      if (left % d !== 0) return undefined
      if (d !== 1) strides[axis] = stride
      stride *= d
      left /= d
      axis--
    }
    if (left !== 1) return undefined
  }
  return { ...view, shape, strides }
}

export const sameView = (a: BufferView, b: BufferView): boolean =>
  a.buffer === b.buffer &&
  a.offset === b.offset &&
  a.shape.length === b.shape.length &&
  a.shape.every((d, i) => d === b.shape[i] && (d === 1 || a.strides[i] === b.strides[i])) &&
  Array.from({ length: Math.max(a.loop.length, b.loop.length) }).every(
    (_, i) => (a.loop[i] ?? 0) === (b.loop[i] ?? 0),
  )

/** The view as (M, N): all axes but the last merged into M. Undefined if no strides express it. */
export function asMatrix(view: BufferView): BufferView | undefined {
  const n = view.shape[view.shape.length - 1]!
  return reshapeView(view, [elements(view.shape) / n, n])
}

/** The arena view that kernels use; the buffer must be allocated. */
export function toView(view: BufferView): View {
  let offset = view.offset
  for (let b: Buffer | undefined = view.buffer; b; b = b.parent) offset += b.offset
  return { offset, shape: [...view.shape], strides: [...view.strides], loop: [...view.loop] }
}

/**
 * Merges neighbouring axes that are contiguous in every view and drops axes of extent 1, so that kernels get few long axes. All views must
 * have the same shape; the order of elements does not change.
 */
export function mergeAxes(views: readonly BufferView[]): BufferView[] {
  const shape = views[0]!.shape
  let axes = shape
    .flatMap((d, i) => (d === 1 ? [] : [i]))
    .map((i) => ({ extent: shape[i]!, strides: views.map((p) => p.strides[i]!) }))
  axes = axes.reduce<typeof axes>((merged, axis) => {
    const last = merged[merged.length - 1]
    if (last && last.strides.every((s, k) => s === axis.extent * axis.strides[k]!)) {
      merged[merged.length - 1] = { extent: last.extent * axis.extent, strides: axis.strides }
    } else merged.push(axis)
    return merged
  }, [])
  if (axes.length === 0) axes = [{ extent: 1, strides: views.map(() => 0) }]
  return views.map((p, k) => ({
    ...p,
    shape: axes.map((a) => a.extent),
    strides: axes.map((a) => a.strides[k]!),
  }))
}
