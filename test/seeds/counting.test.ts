// What peepholes are for: from a^n b^n alone a network learns to count, and a single cell holds the count.
import { expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { inspectText, openModel, openTraining } from '../../src-main/engine/index.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { randomStream } from '../../src-main/engine/run/random.ts'

const native = loadNative()
const hidden = 3
const random = randomStream({ seed: [7, 0], step: 0 }, 1)
/** `many` words "aabb " with n from 1 to `longest`. */
const words = (many: number, longest: number): string =>
  Array.from({ length: many }, () => 1 + Math.floor(random.uniform() * longest))
    .map((n) => `${'a'.repeat(n)}${'b'.repeat(n)} `)
    .join('')

/** Pearson's correlation. */
function correlation(x: number[], y: number[]): number {
  const centred = (v: number[]) => v.map((a) => a - v.reduce((s, b) => s + b, 0) / v.length)
  const [a, b] = [centred(x), centred(y)]
  const dot = (p: number[], q: number[]) => p.reduce((s, v, i) => s + v * q[i]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

/** Trains on n up to 10; over new words: the share of right answers once the first b is seen, and the best |correlation| of a cell. */
function learn(seed: number, text: string, probe: string) {
  const config = parseConfig({
    seed,
    data: { kind: 'text', validation: 0 },
    // Gates that forget little at first count more evenly.
    model: { cell: 'peephole', hidden, input: 'onehot', options: { forgetBias: 5 } },
    train: { batch: 16, window: 60, steps: 4000 },
    optimizer: { lr: 0.03 },
    logging: { sampleEvery: 0, logEvery: 1000 },
  }) as RunConfig
  const training = openTraining({ config, text }, native as Executor)
  for (const event of training.events()) void event
  const model = openModel(training.checkpoint(), native as Executor)
  const grid = inspectText(model, { text: probe, layer: 0, signal: 'c' })
  let count = 0
  const counts = [...probe].map(
    (symbol) => (count = symbol === 'a' ? count + 1 : symbol === 'b' ? count - 1 : 0),
  )
  const asked = [...probe].flatMap((symbol, at) => (symbol === 'b' ? [at] : []))
  const right = asked.filter((at) => grid.vocabulary[grid.nextIds[at * grid.k]!] === probe[at + 1])
  const cells = Array.from({ length: hidden }, (_, k) => counts.map((_, at) => grid.values[at * hidden + k]!))
  return {
    right: right.length / asked.length,
    best: Math.max(...cells.map((cell) => Math.abs(correlation(cell, counts)))),
  }
}

it.runIf(!('unavailable' in native))(
  'a peephole LSTM counts a^n b^n; a cell follows the count',
  () => {
    const [text, probe] = [words(4000, 10), words(100, 10)]
    // A count may also be spread over two cells: of the seeds 1 to 5 three must keep it in one cell (four did when this was written).
    let kept = 0
    for (let seed = 1; seed <= 5 && kept < 3; seed++) {
      const found = learn(seed, text, probe)
      expect(found.right, `seed ${seed}`).toBeGreaterThanOrEqual(0.99)
      if (found.best >= 0.99) kept++
    }
    expect(kept).toBe(3)
  },
  60_000,
)
