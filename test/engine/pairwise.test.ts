// Every cell with every wrapper, input, loss and regulariser, two at a time: gradients against central differences in f64 under fixed
// masks, and the native core against plain loops. New cells come in from the registry.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { cells } from '../../src-main/engine/cells/index.ts'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import type { Program } from '../../src-main/engine/compile/program.ts'
import { topological, type Node } from '../../src-main/engine/graph/node.ts'
import { add, input, mean, mul, oneHot, square, sub } from '../../src-main/engine/graph/ops.ts'
import { binaryCrossEntropy, halfSquares, meanCrossEntropy } from '../../src-main/engine/nn/losses.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { growthInput } from '../../src-main/engine/nn/regularise.ts'
import { outputsOf, penalised, traceNetwork } from '../../src-main/engine/nn/trace.ts'
import { chooseExecutor } from '../../src-main/engine/run/choose.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { fraternal } from '../../src-main/engine/training/fraternal.ts'
import { atStep } from '../../src-main/engine/nn/overTime.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { expectClose, values } from './check.ts'
import { evaluate, type Values } from './evaluate.ts'
import { pairwise, type Row } from './pairs.ts'

const [T, B, V] = [4, 3, 4]
const wrappers = {
  one: {},
  two: { layers: 2 },
  sizes: { layers: '4/3/2' },
  residual: { layers: 3, residual: true },
  bidirectional: { bidirectional: true },
  subsample: { layers: 2, subsample: 2 },
  head: { hiddenReadout: 4 },
  all: { layers: 2, residual: true, bidirectional: true, subsample: 2, hiddenReadout: 2 },
} satisfies Record<string, RunConfigInput['model']>
const regularisers = {
  none: {},
  dropout: { dropout: 0.3 },
  variational: { dropout: 0.3, dropoutMask: 'variational', dropoutGrowth: 0.1 },
  recurrent: { recurrentDropout: 0.3 },
  zoneout: { zoneout: 0.3 },
  activity: { activityRegularization: 0.5 },
  fraternal: { dropout: 0.2, zoneout: 0.1, fraternalDropout: 0.5 },
  padding: {},
} satisfies Record<string, RunConfigInput['regularization']>
/** (T', B, V) outputs -> a scalar. */
const losses: Record<string, (z: Node) => Node> = {
  crossentropy: (z) => meanCrossEntropy(z, input('ids', z.shape.slice(0, 2))),
  last: (z) => meanCrossEntropy(atStep(z, z.shape[0]! - 1), input('last', [B])),
  binary: (z) => binaryCrossEntropy(z, oneHot(input('ids', z.shape.slice(0, 2)), V)),
  mse: (z) => mean(square(sub(z, input('numbers', z.shape)))),
  sse: (z) => halfSquares(z, oneHot(input('ids', z.shape.slice(0, 2)), V)),
}
const factors = {
  cell: cells.map((c) => c.id),
  wrapper: Object.keys(wrappers) as (keyof typeof wrappers)[],
  input: ['embedding', 'onehot', 'dense'],
  loss: Object.keys(losses),
  regulariser: Object.keys(regularisers) as (keyof typeof regularisers)[],
} as const
type Choice = Row<typeof factors>

function networkFor({
  cell,
  wrapper,
  input: read,
  regulariser,
}: Pick<Choice, 'cell' | 'wrapper'> & Partial<Choice>) {
  const { model, regularization } = parseConfig({
    seed: 1,
    model: {
      cell,
      hidden: 3,
      embedding: 2,
      input: read === 'onehot' ? 'onehot' : 'embedding',
      ...wrappers[wrapper],
    },
    regularization: regularisers[regulariser ?? 'none'],
  }) as RunConfig
  const dense = read === 'dense' && { dense: 2 }
  return {
    regularization,
    network: networkOf(model, { symbols: V, ...dense, outputs: V, outputBias: true }, regularization),
  }
}

const refused = new Map<string, boolean>()
/** Whether the engine lets this cell have this wrapper. */
function possible({ cell, wrapper }: Partial<Choice>): boolean {
  if (!cell || !wrapper) return true
  const key = `${cell} ${wrapper}`
  if (!refused.has(key)) {
    try {
      networkFor({ cell, wrapper })
      refused.set(key, false)
    } catch (error) {
      if (!(error instanceof UnrollError && error.code === 'E_CONFIG_DATA')) throw error
      refused.set(key, true)
    }
  }
  return !refused.get(key)
}
const rows = pairwise(factors, possible)

/** All operations of a graph, inside of loops too. */
function opsOf(roots: readonly Node[], found = new Set<string>()): Set<string> {
  for (const node of topological(roots)) {
    found.add(node.op)
    if (node.op === 'scan') opsOf([...node.attrs.body!.next, ...node.attrs.body!.ys], found)
  }
  return found
}

function built(choice: Choice) {
  const { network, regularization } = networkFor(choice)
  const weights = weightNodes(network)
  const dense = choice.input === 'dense'
  const x = dense ? input('x', [T, B, 2]) : input('symbols', [T, B])
  const init = stateShapes(network).map(({ name, size }) => input(`from ${name}`, [B, size]))
  const mask = choice.regulariser === 'padding' ? input('mask', [T, B]) : undefined
  const trace = traceNetwork(network, weights, x, init, { training: true, ...(mask && { mask }) })
  const z = outputsOf(network, weights, trace)
  // What the states end in counts too.
  const ends = [...trace.final, ...trace.finalReverse].map((s) => mean(square(s)))
  const plain = ends.reduce((total, end) => add(total, mul(end, 0.3)), losses[choice.loss]!(z))
  const { loss } = fraternal(
    { loss: penalised(plain, trace), outputs: [z], carry: [] },
    regularization.fraternalDropout,
  )
  const feeds: Record<string, Float64Array> = {
    x: values([T, B, 2], 3),
    symbols: Float64Array.from({ length: T * B }, (_, i) => (i * 7) % V),
    mask: Float64Array.from({ length: T * B }, (_, i) => (i % B === 1 && i >= 2 * B ? 0 : 1)),
    numbers: values(z.shape, 5),
    ids: Float64Array.from({ length: z.shape[0]! * B }, (_, i) => (i * 5 + 1) % V),
    last: Float64Array.of(2, 0, 3),
    [growthInput]: Float64Array.of(0.7),
  }
  const wrt: Node[] = []
  ;[...weights].forEach(([name, node], i) => {
    const statistic = network.weights.get(name)!.role === 'buffer'
    feeds[name] = statistic ? values(node.shape, i + 2).map(Math.abs) : values(node.shape, i + 2)
    if (!statistic) wrt.push(node)
  })
  init.forEach((node, i) => {
    feeds[node.attrs.name!] = values(node.shape, i + 60)
  })
  return { loss, wrt: dense ? [...wrt, x] : wrt, feeds }
}

type Feeds = Record<string, Float64Array>
function runner(program: Program, names: readonly string[], executor: Executor) {
  const executable = executor.load(program)
  return (feeds: Feeds): Record<string, ArrayLike<number>> => {
    for (const [name, slot] of program.slots) if (slot.kind !== 'output') executable.write(name, feeds[name]!)
    executable.run({ seed: [3, 4], step: 5 })
    return Object.fromEntries(names.map((name) => [name, executable.read(name)]))
  }
}

const reference = referenceExecutor()
const native = chooseExecutor('auto', 1).executor

function check(choice: Choice): void {
  const { loss, wrt, feeds } = built(choice)
  const names = wrt.map(({ attrs }) => attrs.name!)
  const outputs: Record<string, Node> = { loss }
  grad(loss, wrt).forEach((d, i) => (outputs[`d ${names[i]}`] = d))
  const program = compile({ outputs })
  const run = runner(program, Object.keys(outputs), reference)
  const exact = run(feeds)
  if (native.id === 'native') {
    const fast = runner(program, Object.keys(outputs), native)(feeds)
    for (const name in exact) expectClose(fast[name]!, exact[name]!, 1e-4, `native ${name}`)
  }
  // Gradients that pass straight through a step are no slope: differences hold what was stopped, which only plain evaluation can.
  const ops = opsOf([loss])
  let lossAt = (moved: Feeds) => run(moved).loss![0]!
  if (ops.has('stop')) {
    if (ops.has('uniform')) return
    const held: Values[] = []
    evaluate([loss], feeds, { values: held })
    lossAt = (moved) => evaluate([loss], moved, { values: held, at: 0 })[0]![0]!
  }
  /** The slope of the loss along one direction through some of the leaves. */
  const slopes = (some: readonly string[]) => {
    const along = new Map(
      some.map((name) => [name, values(program.slots.get(name)!.shape, 31 + names.indexOf(name))]),
    )
    const at = (delta: number) => {
      const moved = some.map((name) => [name, feeds[name]!.map((v, k) => v + delta * along.get(name)![k]!)])
      return lossAt({ ...feeds, ...(Object.fromEntries(moved) as Feeds) })
    }
    const parts = some.map((name) => along.get(name)!.reduce((s, v, k) => s + v * exact[`d ${name}`]![k]!, 0))
    return { numeric: (at(1e-5) - at(-1e-5)) / 2e-5, exact: parts.reduce((s, v) => s + v, 0) }
  }
  const read = names.filter((name) => program.slots.has(name))
  const all = slopes(read)
  if (Math.abs(all.numeric - all.exact) <= 2e-6 * Math.max(1, Math.abs(all.exact))) return
  // One by one, to say which it is.
  for (const name of read) {
    const one = slopes([name])
    expectClose([one.exact], [one.numeric], 2e-6, name)
  }
  expectClose([all.exact], [all.numeric], 2e-6, 'all leaves together')
}

describe('pairs', () => {
  it('cover everything that is possible, in few rows', () => {
    const names = Object.keys(factors) as (keyof Choice)[]
    for (const [i, a] of names.entries())
      for (const b of names.slice(i + 1))
        for (const p of factors[a])
          for (const q of factors[b])
            expect(
              rows.some((row) => row[a] === p && row[b] === q),
              `${p} with ${q}`,
            ).toBe(possible({ [a]: p, [b]: q }))
    const most = Math.max(factors.wrapper.length, factors.regulariser.length)
    expect(rows.length).toBeLessThan(1.5 * factors.cell.length * most)
  })
})

describe.each(factors.cell)('%s', (cell) => {
  it('has right gradients in every company', () => {
    for (const row of rows.filter((r) => r.cell === cell)) {
      try {
        check(row)
      } catch (error) {
        throw new Error(`${Object.values(row).join(', ')}: ${(error as Error).message}`, { cause: error })
      }
    }
  }, 30_000)
})
