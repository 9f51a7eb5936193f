// What is told of a compiled step is the truth: memory adds up to the program's, work to plain counting, and a node is where it runs.
import { describe, expect, it } from 'vitest'
import type { RunConfigInput } from '../../src-main/contract/config.ts'
import { cells } from '../../src-main/engine/cells/index.ts'
import { planRun } from '../../src-main/engine/plan.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { grouped } from '../options.ts'
import { text, configOf, explain, small, callsOf, stepOf, expectExact } from './explained.ts'

describe.each(cells.map(({ id }) => id))('%s', (cell) => {
  it('takes exactly the memory that is told, however it is trained', () => {
    expectExact({ model: { cell, hidden: 6 }, train: small })
    expectExact({
      model: { cell, hidden: 8, layers: 2, input: 'onehot' },
      ...grouped({ ...small, zoneout: 0.1, dropout: 0.2, optimizer: 'rmsprop', clipNorm: 0 }),
    })
  })

  it('has a step for every layer whose states come back to where they began', () => {
    const graph = explain({ model: { cell, hidden: 6, layers: 2 }, train: small })
    expect(graph.steps.map((s) => s.steps)).toSatisfy((list: number[]) => list.every((n) => n === 7))
    for (const { nodes, edges, feedback } of graph.steps) {
      const ids = new Set(nodes.map((n) => n.id))
      for (const { from, to } of [...edges, ...feedback])
        expect([ids.has(from), ids.has(to)]).toEqual([true, true])
      for (const { to } of feedback) expect(nodes.find((n) => n.id === to)!.kind).toBe('state')
      expect(nodes.some((n) => /^(\d\.)?h$/.test(n.name))).toBe(true)
      // What has a call runs in the step, and what does not need its own is free.
      for (const node of nodes) if (node.call !== null) expect(node.place).toBe('step')
    }
  })
})

it.each<[string, RunConfigInput]>([
  ['a series by the online rule', { data: { kind: 'series' }, model: { cell: 'elman', hidden: 6 }, train: { bptt: 'online', batch: 1 }, optimizer: { name: 'sgd', clipNorm: 0 } }],
  ['a series as one sequence', { data: { kind: 'series' }, model: { cell: 'elman', hidden: 6 }, train: { bptt: 'full', batch: 1 } }],
  ['sums', { data: { kind: 'addition' }, model: { cell: 'elman', hidden: 4 }, train: { bptt: 'full', batch: 2 } }],
  ['a picture read from four corners', { data: { kind: 'image', task: 'pixels', size: 8 }, model: { cell: 'mdrnn', hidden: 5 }, train: { bptt: 'full', batch: 2 } }],
  ['both directions', { data: { kind: 'memory', problem: 'adding', length: 6 }, model: { cell: 'gru', hidden: 5, bidirectional: true }, train: { bptt: 'full', batch: 2 } }],
  ['layers that step together', { model: { cell: 'hm-lstm', hidden: 5, layers: 3 }, train: small }],
  ['windows of a text', { model: { hidden: 5 }, ...grouped({ ...small, bptt: 'windows' }) }],
])('%s takes exactly the memory that is told', (_, given) => {
  const graph = expectExact(given)
  expect(graph.totals.calls).toBeGreaterThan(10)
}) // prettier-ignore

describe('an LSTM', () => {
  const [T, B, I, H, V] = [7, 3, 5, 8, 10]
  const graph = explain({
    model: { cell: 'lstm', hidden: H, embedding: I },
    ...grouped({ ...small, window: T, batch: B }),
  })

  it('does the products that counting by hand gives', () => {
    const products = callsOf(graph.program)
      .filter((c) => c.kernel === 'gemm')
      .map((c) => c.times * 2 * c.outs[0]![0]! * c.outs[0]![1]! * c.ins[0]![1]!)
    // Forward once, backward twice: for the inputs and for the weights.
    expect(products.reduce((n, f) => n + f, 0)).toBe(3 * 2 * T * B * (4 * H * (I + H) + H * V))
    const { flops, sections } = graph.totals
    expect(callsOf(graph.program).reduce((n, c) => n + c.flops, 0)).toBe(flops)
    expect(sections.forward.flops + sections.backward.flops + sections.update.flops).toBe(flops)
    expect(sections.backward.flops).toBeGreaterThan(1.5 * sections.forward.flops)
  })

  it('shows what left the loop and what shares a call', () => {
    const [step] = graph.steps
    const into = (weight: string) => {
      const from = stepOf(graph, weight).id
      return step!.nodes.find((n) => step!.edges.some((e) => e.from === from && e.to === n.id))!
    }
    expect(into('w_ih')).toMatchObject({ op: 'matmul', place: 'before', call: null })
    expect(into('w_hh')).toMatchObject({ op: 'matmul', place: 'step' })
    const gates = ['i', 'f', 'g', 'o', 'c', 'tanh_c', 'h'].map((name) => stepOf(graph, name))
    expect(new Set(gates.map((n) => n.call)).size).toBe(1)
    expect(gates[0]!.call).not.toBe(into('w_hh').call)
    const back = step!.feedback.map(({ from, to }) =>
      [from, to].map((id) => step!.nodes.find((n) => n.id === id)!.name),
    )
    expect(back.sort()).toEqual([
      ['c', "c'"],
      ['h', "h'"],
    ])
  })

  it('tells the parts of the step apart, loops in the right direction', () => {
    const loops = graph.program.filter((item) => 'body' in item)
    expect(loops).toMatchObject([
      { section: 'forward', count: T, reverse: false },
      { section: 'backward', count: T, reverse: true },
    ])
    const calls = callsOf(graph.program)
    expect(calls.find((c) => c.title.startsWith('d layers.0.w_hh ='))).toMatchObject({
      section: 'backward',
      times: 1,
      outs: [[4 * H, H]],
    })
    expect(calls.filter((c) => /^new layers/.test(c.title)).map((c) => c.section)).toSatisfy(
      (s: string[]) => s.length > 0 && s.every((one) => one === 'update'),
    )
    expect(calls.findIndex((c) => c.section === 'backward')).toBeGreaterThan(
      calls.findLastIndex((c) => c.section === 'forward'),
    )
  })

  it('says it in words, with the numbers of this program', () => {
    const told = (kind: string) => graph.findings.filter((f) => f.kind === kind).map((f) => f.text)
    expect(told('hoisted')).toEqual([
      'layers.0: x @ w_ih leaves the loop: 7 products of 3×32 became one of 21×32.',
    ])
    expect(told('late').join('\n')).toMatch(
      /d layers\.0\.w_hh is one product behind the loop, 32×21 @ 21×8, instead of 7 of 32×3 @ 3×8/,
    )
    expect(told('fused')[0]).toMatch(
      /^layers\.0, forward: 9 elementwise operations share one call, 9 over 3×8: sigmoid/,
    )
    expect(told('saved')[0]).toMatch(
      /kept for each of 7 steps: 0\.c', 0\.f, 0\.g, 0\.h, 0\.h', 0\.i, 0\.o, 0\.tanh_c\./,
    )
    expect(graph.nodes.after).toBeLessThan(graph.nodes.before)
  })

  it('sets apart what reads another sequence or judges this one', () => {
    const besides = (given: RunConfigInput) =>
      explain(given)
        .network.filter((part) => part.beside)
        .map((part) => part.name)
    expect(besides({ model: { hidden: 4 }, ...grouped({ ...small, forcing: 'professor' }) })).toEqual([
      'professor',
    ])
    expect(
      besides({
        data: { kind: 'memory', problem: 'reverse' },
        model: { hidden: 4 },
        train: { bptt: 'full' },
      }),
    ).toContain('encoder')
    expect(besides({ model: { hidden: 4 }, train: small })).toEqual([])
  })

  it('calls the loops of a pair by its halves, and draws no loop that only counts', () => {
    const loops = (given: RunConfigInput) => {
      const { steps, program } = explain(given)
      const titles = program.flatMap((item) => ('body' in item ? [item.title] : []))
      const weights = steps.map((s) => s.nodes.filter((n) => n.kind === 'weight').map((n) => n.name))
      return { names: steps.map((s) => s.name), layers: steps.flatMap((s) => s.layers), titles, weights }
    }
    const pair = loops({
      data: { kind: 'memory', problem: 'reverse' },
      model: { hidden: 4 },
      train: { bptt: 'full' },
    })
    expect(pair.names).toEqual(['encoder, layers.0', 'decoder, layers.0'])
    expect(pair.layers).toEqual(['encoder.layers.0', 'layers.0'])
    expect(pair.titles.toSorted()).toEqual([
      'decoder, layers.0, backward',
      'decoder, layers.0, forward',
      'encoder, layers.0, backward',
      'encoder, layers.0, forward',
    ])
    expect(pair.weights[0]).toEqual(pair.weights[1])
    const judged = loops({ model: { hidden: 4 }, ...grouped({ ...small, forcing: 'professor' }) })
    expect(judged.names).toEqual([
      'layers.0',
      'layers.0',
      'professor, layers.0',
      'professor, layers.0.reverse',
    ])
    const corners = loops({
      data: { kind: 'image', task: 'pixels', size: 8 },
      model: { cell: 'mdrnn', hidden: 4 },
      train: { bptt: 'full', batch: 2 },
    })
    expect(corners.names).toEqual(['layers.0.down-right', 'layers.0.down-left'])
  })

  it('shows the step of a cell for images in its inner loop, with the row above as input', () => {
    const graph = explain({
      data: { kind: 'image', task: 'pixels', size: 8 },
      model: { cell: 'md-lstm', hidden: 4 },
      train: { bptt: 'full', batch: 2 },
    })
    const [step] = graph.steps
    expect([step!.steps, step!.rows, step!.layers]).toEqual([8, 8, ['layers.0.down-right']])
    const kinds = (kind: string) => step!.nodes.filter((n) => n.kind === kind).map((n) => n.name)
    expect(kinds('state').sort()).toEqual(["c'", "h'"])
    expect(kinds('input')).toEqual(expect.arrayContaining(['h↑', 'c↑']))
    const into = (weight: string) =>
      step!.nodes.find(
        (n) =>
          n.kind === 'product' &&
          step!.edges.some((e) => e.to === n.id && e.from === stepOf(graph, weight).id),
      )!
    // Only the product of the place beside stays in the inner loop.
    expect([into('w_ih').place, into('w_up').place, into('w_left').place]).toEqual([
      'before',
      'before',
      'step',
    ])
    expect(into('w_left').call).not.toBeNull()
    expect(stepOf(graph, 'h').call).not.toBeNull()
  })

  it('has a network from the symbols to the outputs whose parameters add up', () => {
    const config = configOf({
      model: { cell: 'lstm', hidden: H, embedding: I },
      ...grouped({ ...small, window: T, batch: B }),
    })
    const plan = planRun(config, text, referenceExecutor(), 2 ** 40)
    expect(graph.network.map((l) => l.name)).toEqual(['embedding', 'layers.0', 'readout'])
    expect(graph.network.reduce((n, l) => n + l.parameters, 0)).toBe(plan.parameters)
    expect(graph.memory.whole).toBe(plan.memoryBytes)
  })
})
