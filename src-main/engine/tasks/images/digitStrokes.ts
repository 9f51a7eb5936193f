// The ten digits as pen strokes: lists of points in a unit square, x to the right, y down.

type Point = readonly [x: number, y: number]
type Stroke = readonly Point[]

/** Points of an elliptic arc; angles in degrees, 0 to the right, 90 down. */
const arc = (cx: number, cy: number, rx: number, ry: number, from: number, to: number): Stroke => {
  const parts = Math.max(4, Math.ceil(Math.abs(to - from) / 30))
  return Array.from({ length: parts + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / parts) * Math.PI) / 180
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)] as const
  })
}

/** Strokes of the digits 0 to 9. */
export const digitStrokes: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.26, 0.4, 0, 360)],
  [[[0.34, 0.26], [0.54, 0.1], [0.54, 0.9]]],
  [[...arc(0.5, 0.34, 0.25, 0.24, 180, 385), [0.26, 0.9], [0.77, 0.9]]],
  [arc(0.47, 0.3, 0.23, 0.2, 200, 450), arc(0.47, 0.7, 0.26, 0.2, 270, 520)],
  [[[0.62, 0.9], [0.62, 0.1], [0.2, 0.64], [0.82, 0.64]]],
  [[[0.74, 0.1], [0.33, 0.1], [0.29, 0.46]], [[0.29, 0.46], ...arc(0.49, 0.65, 0.26, 0.24, 235, 500)]],
  [[[0.66, 0.1], [0.4, 0.34], [0.27, 0.62]], arc(0.51, 0.67, 0.24, 0.23, 0, 360)],
  [[[0.22, 0.1], [0.78, 0.1], [0.42, 0.9]]],
  [arc(0.5, 0.29, 0.2, 0.19, 0, 360), arc(0.5, 0.69, 0.25, 0.21, 0, 360)],
  [arc(0.49, 0.33, 0.24, 0.23, 0, 360), [[0.73, 0.36], [0.66, 0.62], [0.48, 0.9]]],
] // prettier-ignore
