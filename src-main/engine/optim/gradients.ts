// Gradient transformations before the optimiser: clipping by norm, clipping by value, noise, in this order. Those that are switched off add
// nothing to the program.
import type { RunConfig } from '../../contract/config.ts'
import type { Node } from '../graph/node.ts'
import {
  abs,
  add,
  constant,
  div,
  log,
  maximum,
  minimum,
  mul,
  sqrt,
  square,
  sub,
  sum,
  uniformLike,
} from '../graph/ops.ts'

/** Losses and norms from this value on count as infinite; close to the limit of f32. */
export const infinite = 1e38

/** Euclidean norm over all gradients, (). */
export const globalNorm = (gradients: readonly Node[]): Node =>
  sqrt(gradients.map((g) => sum(square(g))).reduce((a, b) => add(a, b)))

/** Gradients scaled so that their global norm is at most `limit` (Pascanu et al. 2013); unchanged if `limit` is 0. */
export function clipByNorm(gradients: readonly Node[], norm: Node, limit: number): Node[] {
  if (limit === 0) return [...gradients]
  const scale = minimum(div(limit, add(norm, 1e-6)), 1)
  return gradients.map((g) => mul(g, scale))
}

/** Every element clipped to [-limit, limit]; unchanged if `limit` is 0. */
export const clipByValue = (gradients: readonly Node[], limit: number): Node[] =>
  gradients.map((g) => (limit === 0 ? g : maximum(minimum(g, limit), -limit)))

/** First random stream of the noise, above all streams of the model; each weight uses two. */
const noiseStreams = 2 ** 30

/** sin x for |x| <= pi/2 as x (1 - x^2/6 (1 - x^2/20 (1 - ...))) up to x^13; error below 1e-9. */
function sine(x: Node): Node {
  const squared = square(x)
  let rest = constant(1)
  for (let k = 6; k >= 1; k--) rest = sub(1, mul(squared, rest, 1 / (2 * k * (2 * k + 1))))
  return mul(x, rest)
}

/**
 * Standard normal numbers in the shape of `like`, from the two streams from `stream` on: sqrt(-2 ln(1 - u)) cos(2 pi v) of Box and
 * Muller. The cosine is written sin(2 pi (|v - 1/2| - 1/4)), whose argument stays within pi/2.
 */
export function normalLike(like: Node, stream: number): Node {
  const u = uniformLike(like, stream)
  const v = uniformLike(like, stream + 1)
  const radius = sqrt(mul(log(sub(1, u)), -2))
  return mul(radius, sine(mul(sub(abs(sub(v, 0.5)), 0.25), 2 * Math.PI)))
}

/** The gradients that the optimiser receives: clipped to `norm`, clipped by value, with noise of standard deviation `noise`. */
export function preparedGradients(
  gradients: readonly Node[],
  norm: Node,
  { clipNorm, clipValue }: RunConfig['optimizer'],
  noise?: Node,
): Node[] {
  const clipped = clipByValue(clipByNorm(gradients, norm, clipNorm), clipValue)
  if (!noise) return clipped
  return clipped.map((g, i) => add(g, mul(normalLike(g, noiseStreams + 2 * i), noise)))
}
