// Losses of answers that are several numbers or their distribution: each is its formula in plain loops, and its gradient the slope.
import { describe, expect, it } from 'vitest'
import { input, sum } from '../../../src-main/engine/graph/ops.ts'
import type { NumberOutput } from '../../../src-main/engine/tasks/examples/example.ts'
import {
  intervalOf,
  lossesOfNumbers,
  numberOutputs,
  pointForecast,
} from '../../../src-main/engine/tasks/examples/numbers.ts'
import { checkGraph, expectClose, runCompiled, values } from '../check.ts'

const output: NumberOutput = { kind: 'number', count: 2, stop: false, quantiles: [0.2, 0.5, 0.9] }
const truth = [0.3, -1.2, 0.9, 2]
const rows = 2

/** Loss of number `i` of a row of outputs; blocks of two numbers. */
const formulas = {
  mse: (z: number[], i: number, y: number) => (z[i]! - y) ** 2,
  mae: (z: number[], i: number, y: number) => Math.abs(z[i]! - y),
  gaussian: (z: number[], i: number, y: number) => {
    const deviation = Math.log(1 + Math.exp(z[2 + i]!)) + 1e-4
    return 0.5 * Math.log(2 * Math.PI * deviation ** 2) + (y - z[i]!) ** 2 / (2 * deviation ** 2)
  },
  quantile: (z: number[], i: number, y: number) =>
    [0.2, 0.5, 0.9].reduce((total, q, k) => {
      const error = y - z[2 * k + i]!
      return total + (error > 0 ? q * error : (q - 1) * error)
    }, 0),
}
type Name = keyof typeof formulas
const names = Object.keys(formulas) as Name[]

const logitsOf = (name: Name) => {
  const width = numberOutputs(name, output)
  const flat = [...values([rows, width], 3)]
  const row = (r: number) => flat.slice(r * width, (r + 1) * width)
  return { width, flat, row, z: input('z', [rows, width]) }
}

describe('an answer of two numbers', () => {
  it.each(names)('%s is its formula', (name) => {
    const { z, flat, row } = logitsOf(name)
    const y = input('y', [rows, 2])
    const losses = lossesOfNumbers(name, output, z, y)
    const feeds = { z: flat, y: truth }
    expectClose(
      runCompiled({ losses }, feeds).losses!,
      truth.map((one, i) => formulas[name](row(Math.floor(i / 2)), i % 2, one)),
      1e-10,
    )
    checkGraph(sum(losses), [z], feeds)
  })

  it('has the middle quantile as its forecast, and an interval whose ends never cross', () => {
    const { z, flat, row } = logitsOf('quantile')
    const interval = intervalOf('quantile', output, z)!
    const got = runCompiled({ point: pointForecast('quantile', output, z), ...interval }, { z: flat })
    const blocks = (r: number, i: number) => [0, 1, 2].map((k) => row(r)[2 * k + i]!)
    const each = (of: (list: number[]) => number) => truth.map((_, i) => of(blocks(Math.floor(i / 2), i % 2)))
    expectClose(
      got.point!,
      each((list) => list[1]!),
      0,
    )
    expectClose(
      got.lower!,
      each((list) => Math.min(...list)),
      0,
    )
    expectClose(
      got.upper!,
      each((list) => Math.max(...list)),
      0,
    )
  })

  it('has eight of ten values of a Gaussian in its interval', () => {
    const { z, flat } = logitsOf('gaussian')
    const { lower, upper } = intervalOf('gaussian', output, z)!
    const got = runCompiled({ lower, upper }, { z: flat })
    const deviation = Math.log(1 + Math.exp(flat[2]!)) + 1e-4
    expect((got.upper![0]! - got.lower![0]!) / deviation).toBeCloseTo(2 * 1.2815516, 6)
  })
})
