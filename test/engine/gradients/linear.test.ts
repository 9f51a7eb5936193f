// The gradient through time of a linear network is geometric, on both executors.
import { describe, expect, it } from 'vitest'
import { layerKey } from '../../../src-main/contract/layerPath.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { add, input, linear, mul, slice, state, sum, zeros } from '../../../src-main/engine/graph/ops.ts'
import { scan } from '../../../src-main/engine/graph/scan.ts'
import type { Executor } from '../../../src-main/engine/run/executor.ts'
import { stateGradientOutputs } from '../../../src-main/engine/training/stateGradients.ts'
import { expectClose } from '../check.ts'
import { executors, run } from './executors.ts'

/** h_t = W h_{t-1} + x_t over 2 units, and the gradient by h of sum(v . h_T) or of sum over t of it. */
function linearGradients(executor: Executor, w: number[], steps: number): Record<'norms' | 'last', number[]> {
  const [weight, x] = [state('w', [2, 2]), input('x', [steps, 1, 2])]
  const perturbation = zeros([steps, 1, 2])
  const result = scan({ xs: [x, perturbation], init: [zeros([1, 2])] }, ([xt, n], [h]) => {
    const next = add(linear(h!, weight), xt!, n!)
    return { state: [next], ys: [next] }
  })
  const top = result.ys[0]!
  const loss = mul(sum(slice(top, 2, 0, 1)), 3)
  const path = { index: 0 }
  const outputs = stateGradientOutputs(loss, {
    network: { layers: [{ hidden: 2, outputSize: 2, scans: [{ path, owner: path }] }] },
    trace: {
      features: top,
      final: result.state,
      finalReverse: [],
      masks: [],
      signals: new Map(),
      perturbations: new Map([[layerKey(path), perturbation]]),
      penalty: undefined,
    },
  })
  const executable = executor.load(compile({ outputs: { loss, ...outputs } }))
  executable.write('w', w)
  executable.write('x', new Float64Array(2 * steps).fill(0.1))
  executable.run(run)
  // One sequence: (T, 1).
  const read = (name: string) => Array.from(executable.read(`${name}/layers.0`))
  return { norms: read('norms'), last: read('last') }
}

describe.each(executors)('a linear network on the %s', (_, executor) => {
  const tolerance = executor.id === 'native' ? 1e-5 : 1e-12
  const steps = 60

  it.each([
    ['vanishes below 1', 0.5],
    ['stays at 1', 1],
    ['explodes above 1', 1.25],
    ['vanishes further than squares of f32 reach', 0.25],
  ])('%s: |dL/dh_t| is geometric', (_what, size) => {
    // Both eigenvalues are size e^(+-i), so every step multiplies the norm by exactly `size`.
    const [c, s] = [size * Math.cos(1), size * Math.sin(1)]
    const { last } = linearGradients(executor, [c, -s, s, c], steps)
    const expected = Float64Array.from({ length: steps }, (_, t) => 3 * size ** (steps - 1 - t))
    last.forEach((norm, t) =>
      expect(Math.abs(norm / expected[t]! - 1), `t ${t}`).toBeLessThan(tolerance * steps),
    )
  })

  it('sums up the losses of all later steps', () => {
    const { norms } = linearGradients(executor, [0.5, 0, 0, 0.5], 8)
    expectClose(
      norms,
      Float64Array.from({ length: 8 }, (_, t) => 3 * (2 - 0.5 ** (7 - t))),
      tolerance,
    )
  })
})
