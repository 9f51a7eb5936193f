// The Jacobian horizon: how far back a prediction depends on each state of the network. Reads gradients; it computes none.
import type { Attribution } from '../../../contract/analyses.ts'
import { stateShapes, type SequenceNetwork } from '../../nn/network.ts'
import { lengthOf } from '../orthonormalise.ts'

/** Norms of the gradient by each state after every symbol but the last, and the slope of their logarithm against the distance. */
export function horizonOf(network: SequenceNetwork, states: readonly Float64Array[]): Attribution['horizon'] {
  let from = 0
  return stateShapes(network).map(({ name, size }) => {
    const start = from
    from += size
    // states[t] is by the state before symbol t, which is the one after symbol t - 1.
    const norms = Float32Array.from(states, (_, t) =>
      t + 1 < states.length ? lengthOf(states[t + 1]!.subarray(start, start + size)) : NaN,
    )
    return { state: name, norms, slope: slopeOf(norms) }
  })
}

/** Least-squares slope of ln norm against the distance in symbols; NaN with fewer than two positive norms. */
export function slopeOf(norms: Float32Array): number {
  const points = [...norms].flatMap((norm, t) => (norm > 0 ? [[norms.length - 1 - t, Math.log(norm)]] : []))
  const mean = (i: number) => points.reduce((sum, point) => sum + point[i]!, 0) / points.length
  const [mx, my] = [mean(0), mean(1)]
  const [xy, xx] = points.reduce(
    ([a, b], [x, y]) => [a! + (x! - mx) * (y! - my), b! + (x! - mx) ** 2],
    [0, 0],
  )
  return points.length < 2 ? NaN : xy! / xx!
}
