// Fixed points against a hand-made network of bistable units, whose fixed points and eigenvalues are known: 3^n points, 2^n stable ones.
import { describe, expect, it } from 'vitest'
import { chooseExecutor } from '../../../src-main/engine/index.ts'
import { fixedPoints } from '../../../src-main/engine/probes/fixedPoints.ts'
import { driveOf } from '../../../src-main/engine/probes/drive.ts'
import { eigenvalues, linearSolver } from '../../../src-main/engine/probes/linearAlgebra.ts'
import { constantStep } from '../../../src-main/engine/probes/newton.ts'
import { inputVector, stepwiseNetwork } from '../../../src-main/engine/probes/stepStates.ts'
import { nearestPositions, visitedStates } from '../../../src-main/engine/probes/visitedStates.ts'
import { handMadeTanh } from './handMade.ts'
import { executor, model, text } from './trainedModel.ts'

const gain = 1.5
/** Three units h' = tanh(1.5 h + input); "a" adds nothing, the other symbols push the units up or down. */
const latch = (on = executor) =>
  handMadeTanh(
    [0, 1, 2].map((r) => [0, 1, 2].map((c) => (r === c ? gain : 0))),
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((symbol) =>
      [0, 1, 2].map((unit) => (symbol === 0 ? 0 : ((symbol - 1) >> unit) & 1 ? 0.8 : -0.8)),
    ),
    on,
  )
/** The positive solution of h = tanh(1.5 h), by iteration. */
const high = Array.from({ length: 200 }).reduce<number>((h) => Math.tanh(gain * h), 0.5)
const search = { text: 'aaaa' + 'bbcdeefggihhbdfaei'.repeat(6), symbol: 'a', starts: 1024, noise: 0.5, iterations: 300, seed: 1 } // prettier-ignore

describe('fixed points', () => {
  it.each([
    ['reference', executor],
    ['native', chooseExecutor('auto', 1).executor],
  ])(
    'of three bistable units are 27, 8 of them stable, 12, 6 and 1 with 1, 2 and 3 unstable modes (%s)',
    async (_, on) => {
      const { points, starts, unconverged, dropped, stateSize, indexSum } = await fixedPoints(
        latch(on),
        search,
      )
      // 64 by reading on, 1024 by descent and as many directly, and one between each pair of points.
      const searches = 64 + 2 * 1024 + (27 * 26) / 2
      expect([starts, stateSize, dropped, indexSum]).toEqual([searches, 3, 0, 1])
      const counts = [0, 1, 2, 3].map((modes) => points.filter(({ unstable }) => unstable === modes).length)
      expect(counts).toEqual([8, 12, 6, 1])
      expect(points.reduce((sum, point) => sum + point.starts, unconverged + dropped)).toBe(searches)
      const signs = points
        .filter(({ unstable }) => unstable === 0)
        .map(({ state }) => [...state].map(Math.sign).join())
      expect(new Set(signs).size).toBe(8)
      for (const { state, q, re, im } of points) {
        expect(q).toBeLessThan(1e-12)
        // The Jacobian is diagonal: 1.5 (1 - h^2).
        const expected = [...state].map((h) => gain * (1 - Math.tanh(gain * h) ** 2)).sort((a, b) => b - a)
        expected.forEach((value, i) => expect(re[i]).toBeCloseTo(value, 9))
        expect([...im]).toEqual([0, 0, 0])
        for (const h of state) expect(Math.min(Math.abs(h), Math.abs(Math.abs(h) - high))).toBeLessThan(1e-6)
      }
    },
  )

  it('are linked to the text positions with the nearest states', async () => {
    const { points, tokens } = await fixedPoints(latch(), search)
    const drive = driveOf(latch(), { text: tokens.join('') })
    const { states } = visitedStates(latch(), stepwiseNetwork(latch(), 'test'), drive)
    for (const { nearest, state } of points.slice(0, 3)) {
      expect(nearest).toHaveLength(5)
      const distance = (t: number) => Math.hypot(...[0, 1, 2].map((i) => states[t * 3 + i]! - state[i]!))
      const all = tokens.map((_, t) => distance(t)).sort((a, b) => a - b)
      nearest.forEach((near, i) => {
        expect(near.distance).toBeCloseTo(distance(near.position), 12)
        expect(near.distance).toBeCloseTo(all[i]!, 12)
      })
    }
    expect(nearestPositions(Float64Array.of(0, 0, 3, 4, 1, 0), Float64Array.of(0, 0), 2)).toEqual([
      { position: 0, distance: 0 },
      { position: 2, distance: 1 },
    ])
  })

  it('of an LSTM of two layers satisfy F(s) = s, for the most frequent symbol if none is given', async () => {
    const found = await fixedPoints(model, {
      text: text.slice(0, 200),
      starts: 32,
      noise: 0.5,
      iterations: 200,
      seed: 2,
    })
    expect([found.symbol, found.stateSize]).toEqual([' ', 24])
    expect(found.points.length).toBeGreaterThan(0)
    const network = stepwiseNetwork(model, 'test')
    const step = constantStep(model, network, inputVector(model, model.symbols.ids.get(' ')!))
    for (const { state, re, unstable, im } of found.points) {
      for (const r of step.residual(state)) expect(Math.abs(r)).toBeLessThan(2e-6)
      expect(unstable).toBe([...re].filter((value, i) => Math.hypot(value, im[i]!) >= 1).length)
    }
    // The same seed gives the same points, a stable point is reached by reading the symbol.
    expect(
      (
        await fixedPoints(model, {
          text: text.slice(0, 200),
          starts: 32,
          noise: 0.5,
          iterations: 200,
          seed: 2,
        })
      ).points,
    ).toEqual(found.points)
    const stable = found.points.find(({ unstable }) => unstable === 0)!
    let state = stable.state.map((value) => value + 1e-3)
    for (let i = 0; i < 2000; i++) state = state.map((value, k) => value - step.residual(state)[k]!)
    state.forEach((value, i) => expect(value).toBeCloseTo(stable.state[i]!, 6))
    step.dispose()
  })

  it('refuses an unknown symbol', async () => {
    await expect(fixedPoints(latch(), { ...search, symbol: 'z' })).rejects.toThrow(/symbol: "z"/)
  })
})

describe('dense linear algebra', () => {
  it('finds the eigenvalues of a rotation, a triangle and a companion matrix', async () => {
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)]
    const rotation = await eigenvalues(Float64Array.of(c, -s, s, c), 2)
    expect([...rotation.re]).toEqual([expect.closeTo(c, 12), expect.closeTo(c, 12)])
    expect([...rotation.im].map(Math.abs)).toEqual([expect.closeTo(s, 12), expect.closeTo(s, 12)])
    const triangle = await eigenvalues(Float64Array.of(0.5, 9, 7, 0, -3, 8, 0, 0, 2), 3)
    expect([...triangle.re]).toEqual([expect.closeTo(-3, 10), expect.closeTo(2, 10), expect.closeTo(0.5, 10)])
    // x^3 - 6 x^2 + 11 x - 6
    const companion = await eigenvalues(Float64Array.of(6, -11, 6, 1, 0, 0, 0, 1, 0), 3)
    expect([...companion.re]).toEqual([expect.closeTo(3, 8), expect.closeTo(2, 8), expect.closeTo(1, 8)])
  })

  it('solves linear systems, and says that a singular one has no solution', async () => {
    const solve = await linearSolver()
    expect([...solve(Float64Array.of(2, 1, 1, 3), Float64Array.of(3, 5))!]).toEqual([
      expect.closeTo(0.8, 12),
      expect.closeTo(1.4, 12),
    ])
    expect(solve(Float64Array.of(1, 2, 2, 4), Float64Array.of(1, 1))).toBeUndefined()
  })
})
