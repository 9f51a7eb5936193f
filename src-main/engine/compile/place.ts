// Where a node's values lie: a strided window on a buffer whose offset in the arena is decided later. Slices, transposes, reshapes and
// broadcasts are windows on their input, so they cost nothing.
import { denseStrides, elements, type View } from './program.ts'

/** Memory with one lifetime. `parent` and `offset` are set by the allocator. */
export interface Buffer {
  size: number
  /** Offset in the arena, final after allocation of the outermost block. */
  offset: number
  /** The buffer that a loop body's memory lies in. */
  parent: Buffer | undefined
}

export interface Place {
  buffer: Buffer
  offset: number
  shape: readonly number[]
  strides: readonly number[]
  /** Elements that the window moves per iteration of the enclosing loop of that depth. */
  loop: readonly number[]
}

export const makeBuffer = (size: number): Buffer => ({ size, offset: -1, parent: undefined })

export const densePlace = (buffer: Buffer, shape: readonly number[]): Place => ({
  buffer,
  offset: 0,
  shape,
  strides: denseStrides(shape),
  loop: [],
})

/** The window at iteration t of the loop of `depth`, where the stack has its time axis first. */
export function timeSlice(stack: Place, depth: number): Place {
  const loop = [...stack.loop]
  while (loop.length < depth) loop.push(0)
  loop[depth] = stack.strides[0]!
  return { ...stack, shape: stack.shape.slice(1), strides: stack.strides.slice(1), loop }
}

export const shifted = (place: Place, elementsOn: number): Place => ({
  ...place,
  offset: place.offset + elementsOn,
})

export function slicePlace(place: Place, axis: number, start: number, length: number): Place {
  return {
    ...shifted(place, start * place.strides[axis]!),
    shape: place.shape.map((d, i) => (i === axis ? length : d)),
  }
}

export const transposePlace = (place: Place): Place => ({
  ...place,
  shape: [place.shape[1]!, place.shape[0]!],
  strides: [place.strides[1]!, place.strides[0]!],
})

/** Repeats along new leading axes and axes of extent 1. */
export function broadcastPlace(place: Place, shape: readonly number[]): Place {
  const lead = shape.length - place.shape.length
  const strides = shape.map((d, i) =>
    i < lead || (place.shape[i - lead] === 1 && d !== 1) ? 0 : place.strides[i - lead]!,
  )
  return { ...place, shape, strides }
}

/** The same elements in another shape, or undefined when strides cannot say it. */
export function reshapePlace(place: Place, shape: readonly number[]): Place | undefined {
  // Runs of axes that lie densely in each other, outermost first: [extent, stride of the innermost].
  const runs: { extent: number; stride: number }[] = []
  place.shape.forEach((d, i) => {
    if (d === 1) return
    const last = runs[runs.length - 1]
    const stride = place.strides[i]!
    if (last && last.stride === d * stride) Object.assign(last, { extent: last.extent * d, stride })
    else runs.push({ extent: d, stride })
  })
  if (elements(shape) === 1) return { ...place, shape, strides: shape.map(() => 0) }
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
  return { ...place, shape, strides }
}

export const samePlace = (a: Place, b: Place): boolean =>
  a.buffer === b.buffer &&
  a.offset === b.offset &&
  a.shape.length === b.shape.length &&
  a.shape.every((d, i) => d === b.shape[i] && (d === 1 || a.strides[i] === b.strides[i])) &&
  Array.from({ length: Math.max(a.loop.length, b.loop.length) }).every(
    (_, i) => (a.loop[i] ?? 0) === (b.loop[i] ?? 0),
  )

/** Rows (M, N) of a window whose last axis stays: all others folded. Undefined when strides cannot say it. */
export function asMatrix(place: Place): Place | undefined {
  const n = place.shape[place.shape.length - 1]!
  return reshapePlace(place, [elements(place.shape) / n, n])
}

/** The kernel's view; the buffer must be allocated. */
export function toView(place: Place): View {
  let offset = place.offset
  for (let b: Buffer | undefined = place.buffer; b; b = b.parent) offset += b.offset
  return { offset, shape: [...place.shape], strides: [...place.strides], loop: [...place.loop] }
}

/**
 * Merges neighbouring axes that every window crosses evenly and drops axes of extent 1, so that kernels see few long axes. All windows
 * have the same shape; order of elements is kept.
 */
export function mergeAxes(places: readonly Place[]): Place[] {
  const shape = places[0]!.shape
  let axes = shape
    .flatMap((d, i) => (d === 1 ? [] : [i]))
    .map((i) => ({ extent: shape[i]!, strides: places.map((p) => p.strides[i]!) }))
  axes = axes.reduce<typeof axes>((merged, axis) => {
    const last = merged[merged.length - 1]
    if (last && last.strides.every((s, k) => s === axis.extent * axis.strides[k]!)) {
      merged[merged.length - 1] = { extent: last.extent * axis.extent, strides: axis.strides }
    } else merged.push(axis)
    return merged
  }, [])
  if (axes.length === 0) axes = [{ extent: 1, strides: places.map(() => 0) }]
  return places.map((p, k) => ({
    ...p,
    shape: axes.map((a) => a.extent),
    strides: axes.map((a) => a.strides[k]!),
  }))
}
