// The built-in images: digits drawn with a pen of varying width, slant, rotation, proportions and place, with hands that tremble.
import { digitStrokes } from '../images/digitStrokes.ts'
import { writeImages } from '../../formats/imageText.ts'
import { randomStream } from '../../run/random.ts'

const [count, side] = [4000, 28]
const stream = 0x64726177

/** A line from (ax, ay) by (dx, dy), in pixels. */
type Line = readonly [ax: number, ay: number, dx: number, dy: number]

/** The lines of a digit in an image of side x side pixels, and half the width of the pen. */
function linesOf(digit: number, chance: ReturnType<typeof randomStream>): { lines: Line[]; pen: number } {
  const between = (low: number, high: number) => low + (high - low) * chance.uniform()
  const [across, down] = [between(0.6, 0.95), between(0.7, 0.95)]
  const [slant, turn] = [between(-0.3, 0.3), between(-0.22, 0.22)]
  const [right, below] = [between(-0.08, 0.08), between(-0.07, 0.07)]
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const tremble = () => between(-0.02, 0.02)
  const lines = digitStrokes[digit]!.flatMap((stroke) => {
    const points = stroke.map(([x, y]) => {
      const [u, v] = [across * (x - 0.5 - slant * (y - 0.5)) + tremble(), down * (y - 0.5) + tremble()]
      return [side * (0.5 + right + cos * u - sin * v) - 0.5, side * (0.5 + below + sin * u + cos * v) - 0.5]
    })
    return points.slice(1).map(([x, y], i): Line => {
      const [ax, ay] = points[i]!
      return [ax!, ay!, x! - ax!, y! - ay!]
    })
  })
  return { lines, pen: side * between(0.035, 0.075) }
}

/** Squared distance of a point to a line. */
function squaredDistance([ax, ay, dx, dy]: Line, x: number, y: number): number {
  const along = dx * dx + dy * dy
  const share = along === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / along))
  return (x - ax - share * dx) ** 2 + (y - ay - share * dy) ** 2
}

/** Draws a digit white on black into `pixels` (side, side). */
function drawDigit(digit: number, chance: ReturnType<typeof randomStream>, pixels: Uint8Array): void {
  const { lines, pen } = linesOf(digit, chance)
  for (let i = 0; i < side * side; i++) {
    let nearest = Infinity
    for (const line of lines)
      nearest = Math.min(nearest, squaredDistance(line, i % side, Math.floor(i / side)))
    pixels[i] = Math.round(255 * Math.min(1, Math.max(0, 0.5 + pen - Math.sqrt(nearest))))
  }
}

let cached: string | undefined

/** The stored form of 4,000 digits of 28 x 28 pixels in random order; drawn once and cached. */
export function drawnDigitsText(): string {
  if (cached) return cached
  const pixels = new Uint8Array(count * side * side)
  const labels = new Int32Array(count)
  for (let n = 0; n < count; n++) {
    const chance = randomStream({ seed: [stream, 0], step: n }, stream)
    labels[n] = chance.below(10)
    drawDigit(labels[n]!, chance, pixels.subarray(n * side * side, (n + 1) * side * side))
  }
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit))
  cached = writeImages({ rows: side, columns: side, classes, labels, pixels })
  return cached
}
