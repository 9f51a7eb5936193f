// Two-dimensional networks against plain loops, finite differences and their own promises: who sees whom, mirrors, hoisting.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { compile } from '../../../src-main/engine/compile/compile.ts'
import { grad } from '../../../src-main/engine/compile/grad.ts'
import type { Instruction } from '../../../src-main/engine/compile/program.ts'
import { crossEntropy, input, mean, square, sum } from '../../../src-main/engine/graph/ops.ts'
import { imageNetworkOf, type ImageNetwork } from '../../../src-main/engine/nn/imageNetwork.ts'
import { imageReadout, traceImage } from '../../../src-main/engine/nn/imageTrace.ts'
import { loadNative } from '../../../src-main/engine/run/native.ts'
import type { Executor } from '../../../src-main/engine/run/executor.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { weightNodes } from '../../../src-main/engine/nn/weights.ts'
import { expectClose, runCompiled, values } from '../check.ts'
import { plainLogits, type Values } from './plainImage.ts'

type Options = Record<string, number | string | boolean>
interface Variant {
  cell: string
  causal: boolean
  options?: Options
  layers?: number
  input?: 'embedding' | 'onehot'
  residual?: boolean
}
const [rows, columns, batch, levels] = [3, 4, 2, 3]

const networkOf = ({
  cell,
  causal,
  options = {},
  layers = 1,
  input = 'embedding',
  residual = false,
}: Variant) => {
  const { model } = parseConfig({
    seed: 1,
    model: { cell, hidden: 3, embedding: 2, layers, input, options, residual },
  })
  return imageNetworkOf(model, { levels, outputs: levels, causal })
}
const variants: Variant[] = [
  { cell: 'mdrnn', causal: true, options: { directions: 1 } },
  { cell: 'mdrnn', causal: true, options: { merge: 'concat' }, input: 'onehot' },
  { cell: 'mdrnn', causal: false, options: { directions: 4 }, layers: 2 },
  { cell: 'md-lstm', causal: true, options: { directions: 2 }, layers: 2, residual: true },
  { cell: 'md-lstm', causal: true, options: { peepholes: false, forgetBias: 1, directions: 1 } },
  { cell: 'md-lstm', causal: false, options: { directions: 4, tied: true, merge: 'concat' } },
  { cell: 'md-lstm', causal: false, options: { directions: 2 }, input: 'onehot' },
  { cell: 'md-lstm', causal: true, options: { forget: 'stable', directions: 1 } },
]
const title = ({ cell, causal, options, layers = 1 }: Variant) =>
  `${cell}, ${causal ? 'causal' : 'whole image'}, ${layers} layers, ${JSON.stringify(options)}`

/** Ids of `batch` pictures (R, C, B). */
const someIds = Float64Array.from({ length: rows * columns * batch }, (_, i) => (i * 7 + (i >> 2)) % levels)
const feedsOf = (network: ImageNetwork): Record<string, Float64Array> =>
  Object.fromEntries([...network.weights].map(([name, { shape }], i) => [name, values(shape, i + 1)]))

/** Logits (R, C, B, V) by an executor. */
function logitsOf(
  network: ImageNetwork,
  feeds: Values,
  ids: ArrayLike<number>,
  executor: Executor = referenceExecutor(),
) {
  const weights = weightNodes(network)
  const pixels = input('pixels', [rows, columns, batch])
  const logits = imageReadout(weights, traceImage(network, weights, pixels).features)
  const executable = executor.load(compile({ outputs: { logits } }))
  for (const name of network.weights.keys()) executable.write(name, feeds[name]!)
  executable.write('pixels', ids)
  executable.run({ seed: [1, 1], step: 0 })
  return executable.read('logits')
}
/** Mean cross-entropy of ids (R, C) under logits (R, C, V). */
const plainLoss = (logits: number[][][], ids: number[][]): number =>
  average(
    logits.flatMap((row, i) =>
      row.map((z, j) => Math.log(z.reduce((s, v) => s + Math.exp(v), 0)) - z[ids[i]![j]!]!),
    ),
  )
const average = (list: readonly number[]) => list.reduce((s, x) => s + x, 0) / list.length
const grayImageOf = (ids: ArrayLike<number>, b: number): number[][] =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => ids[(i * columns + j) * batch + b]!),
  )

describe.each(variants.map((v): [string, Variant] => [title(v), v]))('%s', (_, variant) => {
  const network = networkOf(variant)
  const feeds = feedsOf(network)

  it('computes what plain loops compute', () => {
    const logits = logitsOf(network, feeds, someIds)
    for (let b = 0; b < batch; b++) {
      const plain = plainLogits(network, feeds, grayImageOf(someIds, b)).flat()
      const own = plain.flatMap((_, p) =>
        Array.from(logits.subarray((p * batch + b) * levels, (p * batch + b + 1) * levels)),
      )
      expectClose(own, plain.flat(), 1e-12)
    }
  })

  it('has gradients that equal differences of the plain loops', () => {
    const weights = weightNodes(network)
    const pixels = input('pixels', [rows, columns, batch])
    const logits = imageReadout(weights, traceImage(network, weights, pixels).features)
    const gradients = grad(mean(crossEntropy(logits, pixels)), [...weights.values()])
    const compiled = runCompiled(Object.fromEntries(gradients.map((g, i) => [`${i}`, g])), {
      ...feeds,
      pixels: someIds,
    })
    const pictures = Array.from({ length: batch }, (_, b) => grayImageOf(someIds, b))
    const lossAt = (values: Values) =>
      pictures.reduce((total, ids) => total + plainLoss(plainLogits(network, values, ids), ids), 0) / batch
    ;[...network.weights.keys()].forEach((name, w) => {
      // Up to 16 entries of each weight, spread over it: every gate has some.
      const entries = feeds[name]!
      const some = [...entries.keys()].filter((i) => i % Math.ceil(entries.length / 16) === 0)
      const numeric = some.map((i) => {
        const at = (delta: number) => lossAt({ ...feeds, [name]: entries.with(i, entries[i]! + delta) })
        return (at(1e-5) - at(-1e-5)) / 2e-5
      })
      expectClose(
        some.map((i) => compiled[`${w}`]![i]!),
        numeric,
        1e-8,
        name,
      )
    })
  })

  it.runIf(!('unavailable' in loadNative()))('runs natively as in plain loops', () => {
    expectClose(
      logitsOf(network, feeds, someIds, loadNative() as Executor),
      logitsOf(network, feeds, someIds),
      1e-5,
    )
  })
})

describe('what a pixel model sees', () => {
  /** For each pixel: whether the outputs of picture 0 at pixel p change with its pixel q. */
  function sees(variant: Variant): boolean[][] {
    const network = networkOf(variant)
    const feeds = feedsOf(network)
    const base = logitsOf(network, feeds, someIds)
    return Array.from({ length: rows * columns }, (_, q) => {
      const moved = someIds.slice()
      moved[q * batch] = (moved[q * batch]! + 1) % levels
      const now = logitsOf(network, feeds, moved)
      return Array.from({ length: rows * columns }, (_, p) =>
        Array.from({ length: levels }, (_, v) => p * batch * levels + v).some((at) => now[at] !== base[at]),
      )
    })
  }

  it.each(['mdrnn', 'md-lstm'])(
    '%s in two directions: every pixel before in reading order, none from itself on',
    (cell) => {
      for (const layers of [1, 2]) {
        const seen = sees({ cell, causal: true, layers })
        seen.forEach((changes, q) =>
          changes.forEach((changed, p) => expect(changed, `${p} sees ${q}`).toBe(q < p)),
        )
      }
    },
  )

  it('in one direction: only pixels above and to the left', () => {
    const seen = sees({ cell: 'md-lstm', causal: true, options: { directions: 1 }, layers: 2 })
    seen.forEach((changes, q) =>
      changes.forEach((changed, p) => {
        const [dy, dx] = [Math.floor(p / columns) - Math.floor(q / columns), (p % columns) - (q % columns)]
        expect(changed, `${p} sees ${q}`).toBe(dy >= 0 && dx >= 0 && dy + dx > 0)
      }),
    )
  })

  it('keeps pictures of a batch apart', () => {
    const network = networkOf({ cell: 'md-lstm', causal: true })
    const feeds = feedsOf(network)
    const moved = someIds.slice()
    moved[0] = (moved[0]! + 1) % levels
    const [before, after] = [logitsOf(network, feeds, someIds), logitsOf(network, feeds, moved)]
    const second = (logits: ArrayLike<number>) =>
      Array.from(logits).filter((_, i) => Math.floor(i / levels) % batch === 1)
    expect(second(after)).toEqual(second(before))
    expect(after).not.toEqual(before)
  })
})

describe('all corners', () => {
  const mirror = (ids: ArrayLike<number>, width: number, sideways: boolean, over: boolean) =>
    Float64Array.from({ length: rows * columns * width }, (_, n) => {
      const [p, k] = [Math.floor(n / width), n % width]
      const [i, j] = [Math.floor(p / columns), p % columns]
      const at = (over ? rows - 1 - i : i) * columns + (sideways ? columns - 1 - j : j)
      return ids[at * width + k]!
    })

  it.each([
    [true, false],
    [false, true],
    [true, true],
  ])('tied: a mirrored image gives the mirrored result (sideways %s, upside down %s)', (sideways, over) => {
    for (const cell of ['mdrnn', 'md-lstm']) {
      const network = networkOf({ cell, causal: false, options: { directions: 4, tied: true }, layers: 2 })
      const feeds = feedsOf(network)
      const plain = logitsOf(network, feeds, someIds)
      const mirrored = logitsOf(network, feeds, mirror(someIds, batch, sideways, over))
      expectClose(mirrored, mirror(plain, batch * levels, sideways, over), 1e-12)
    }
  })

  it('untied: it does not', () => {
    const network = networkOf({ cell: 'md-lstm', causal: false, options: { directions: 4 } })
    const feeds = feedsOf(network)
    const mirrored = logitsOf(network, feeds, mirror(someIds, batch, true, false))
    expect(Array.from(mirrored)).not.toEqual(
      Array.from(mirror(logitsOf(network, feeds, someIds), batch * levels, true, false)),
    )
  })
})

describe('the compiled program', () => {
  const countOf = (code: readonly Instruction[], kernel: string) =>
    code.filter((c) => c.kernel === kernel).length
  const loopsIn = (code: readonly Instruction[]) =>
    code.filter((c): c is Extract<Instruction, { kernel: 'loop' }> => c.kernel === 'loop')

  it('leaves one product inside both loops, one per row, and the products of inputs and weight gradients outside', () => {
    const network = networkOf({ cell: 'md-lstm', causal: true, options: { directions: 1 } })
    const weights = weightNodes(network)
    const { features: top } = traceImage(network, weights, input('pixels', [rows, columns, batch]))
    const gradients = grad(sum(square(top)), [...weights.values()])
    const { code } = compile({ outputs: Object.fromEntries(gradients.map((g, i) => [`d${i}`, g])) })
    const loops = loopsIn(code)
    expect(loops).toHaveLength(2)
    for (const outer of loops) {
      const [inner, ...more] = loopsIn(outer.body)
      expect(more).toEqual([])
      expect(countOf(outer.body, 'gemm')).toBe(1)
      expect(countOf(inner!.body, 'gemm')).toBe(1)
      // All elementwise work of a place is one call, forwards and backwards.
      expect(countOf(inner!.body, 'ew')).toBe(1)
    }
  })
})
