// Generated images in a few gray levels, with a structure that can be measured: stripes, checkerboards, blobs, digits. An image depends on
// its random numbers only.
import { least } from '../../../contract/longLists.ts'
import { digitStrokes } from './digitStrokes.ts'

export const textureKinds = ['stripes', 'checkers', 'blobs', 'digits'] as const
export type TextureKind = (typeof textureKinds)[number]

/** A source of random numbers; see run/random.ts. */
export interface RandomNumbers {
  uniform(): number
  below(n: number): number
}

/** Brightness 0..1 at column x and row y of one image. */
type Brightness = (x: number, y: number) => number

const between = (chance: RandomNumbers, low: number, high: number): number =>
  low + (high - low) * chance.uniform()

/** A sine wave of any direction and phase; one period is 4 pixels to half the image. */
function stripes(chance: RandomNumbers, size: number): Brightness {
  const angle = Math.PI * chance.uniform()
  const period = between(chance, 4, Math.max(5, size / 2))
  const phase = 2 * Math.PI * chance.uniform()
  const [a, b] = [(2 * Math.PI * Math.cos(angle)) / period, (2 * Math.PI * Math.sin(angle)) / period]
  return (x, y) => 0.5 + 0.5 * Math.sin(a * x + b * y + phase)
}

/** A checkerboard with squares of 2 to 4 pixels in a dark and a light tone, at any offset. */
function checkers(chance: RandomNumbers): Brightness {
  const side = 2 + chance.below(3)
  const [left, top] = [chance.below(2 * side), chance.below(2 * side)]
  const tones = [0.45 * chance.uniform(), 1 - 0.45 * chance.uniform()]
  return (x, y) => tones[(Math.floor((x + left) / side) + Math.floor((y + top) / side)) % 2]!
}

/** Two to four bright Gaussian spots. */
function blobs(chance: RandomNumbers, size: number): Brightness {
  const lights = Array.from({ length: 2 + chance.below(3) }, () => ({
    x: size * chance.uniform(),
    y: size * chance.uniform(),
    width: between(chance, size / 10, size / 5),
  }))
  return (x, y) => {
    const dark = lights.map((at) => 1 - Math.exp(-((x - at.x) ** 2 + (y - at.y) ** 2) / (2 * at.width ** 2)))
    return 1 - dark.reduce((product, d) => product * d, 1)
  }
}

/** A digit drawn with a round pen, with small random shifts, scales, slants and rotations. */
function digits(chance: RandomNumbers, size: number, digit: number): Brightness {
  const [scale, slant, turn] = [
    between(chance, 0.75, 0.95),
    between(chance, -0.2, 0.2),
    between(chance, -0.15, 0.15),
  ]
  const [dx, dy] = [between(chance, -0.06, 0.06), between(chance, -0.06, 0.06)]
  const pen = size * between(chance, 0.05, 0.075)
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const at = ([x, y]: readonly [number, number]): [number, number] => {
    const [u, v] = [scale * (x - 0.5 - slant * (y - 0.5)), scale * (y - 0.5)]
    return [size * (0.5 + dx + cos * u - sin * v) - 0.5, size * (0.5 + dy + sin * u + cos * v) - 0.5]
  }
  const lines = digitStrokes[digit]!.flatMap((stroke) => {
    const points = stroke.map(at)
    return points.slice(1).map((to, i) => [...points[i]!, ...to] as const)
  })
  return (x, y) => {
    const distance = least(lines.map((line) => distanceTo(line, x, y)))
    return Math.min(1, Math.max(0, 0.5 + pen - distance))
  }
}

function distanceTo(
  [ax, ay, bx, by]: readonly [number, number, number, number],
  x: number,
  y: number,
): number {
  const [dx, dy] = [bx - ax, by - ay]
  const along = dx * dx + dy * dy
  const t = along === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / along))
  return Math.hypot(x - ax - t * dx, y - ay - t * dy)
}

/** Draws a size x size image: gray levels 0 (black) .. levels - 1 (white), row by row. `digit` is used by kind digits only. */
export function drawTexture(
  kind: TextureKind,
  { size, levels }: { size: number; levels: number },
  chance: RandomNumbers,
  digit = 0,
): Uint8Array {
  const brightness =
    kind === 'digits' ? digits(chance, size, digit) : { stripes, checkers, blobs }[kind](chance, size)
  return Uint8Array.from({ length: size * size }, (_, i) =>
    Math.min(levels - 1, Math.floor(levels * brightness(i % size, Math.floor(i / size)))),
  )
}
