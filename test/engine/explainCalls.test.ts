// Work of single calls: what a closed gate skips, and a call that does the work of two.
import { expect, it } from 'vitest'
import type { ProgramGuard, ProgramLoop } from '../../src-main/contract/programGraph.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import { denseStrides, flopsOf, type Call, type EwFunction } from '../../src-main/engine/compile/program.ts'
import { profileProgram } from '../../src-main/engine/run/profile.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { trainingProgram } from '../../src-main/engine/training/program.ts'
import { grouped } from '../options.ts'
import { text, configOf, explain, small, callsOf } from './explained.ts'

it('tells what a closed gate skips, counts its work as if it were open, and a profile how often it was', () => {
  const T = 16
  const config = configOf({
    model: { cell: 'clockwork', hidden: 15, options: { groups: 3 } },
    ...grouped({ ...small, window: T }),
  })
  const graph = explain({ model: config.model, train: config.train, logging: config.logging })
  const [forward, backward] = graph.program.filter(
    (item): item is ProgramLoop => item.kernel === 'loop' && 'count' in item,
  )
  for (const loop of [forward!, backward!]) {
    const guards = loop.body.filter((item): item is ProgramGuard => item.kernel === 'guard' && 'open' in item)
    const open = guards.filter((g) => g.open && g.body.some((item) => item.kernel === 'gemm'))
    expect(open).toHaveLength(2)
    expect(open[0]!.title).toContain('eq(')
    for (const { body } of guards.filter((g) => !g.open))
      expect(callsOf(body).every((c) => /instead of/.test(c.title))).toBe(true)
  }
  expect(graph.findings.filter((f) => f.kind === 'skipped').map((f) => f.text.slice(0, 39))).toEqual([
    'layers.0, forward: 2 products skipped a',
    'layers.0, backward: 2 products skipped ',
  ])
  const products = callsOf(graph.program).filter((c) => c.kernel === 'gemm')
  expect(products.reduce((n, c) => n + c.flops, 0)).toBe(graph.totals.products)
  expect(products.filter((c) => c.section === 'forward' && c.times === T)).toHaveLength(3)

  const task = taskOf(config, text)
  const program = trainingProgram(task, config)
  const { calls } = profileProgram(referenceExecutor(), program, (run) => (run(), 1))
  const made = calls.filter((c) => c.kernel === 'gemm').map((c) => c.times)
  // Groups 1 and 2 of 3 renew every 2nd and 4th step, forward and backward.
  expect(made.filter((n) => n > 1).sort((a, b) => a - b)).toEqual([T / 4, T / 4, T / 2, T / 2, T, T])
})

it('charges a call that does two things with what both do, and all doors alike', () => {
  const view = (shape: number[]) => ({ offset: 0, shape, strides: denseStrides(shape), loop: [] })
  const call = (kernel: Call['kernel'], out: number[], ins: number[][], fns: EwFunction[] = []): Call => ({
    kernel,
    outs: [view(out)],
    ins: ins.map(view),
    packed: 0,
    code: fns.map((fn) => ({ fn, a: 0, b: 0, c: 0, imm: 0 })),
    results: [0],
    note: '',
  })
  const [rows, terms] = [[7], [7, 5]]
  const product = flopsOf(call('ew', terms, [terms, terms], ['mul']))
  const addition = flopsOf(call('ew', rows, [rows, rows], ['add']))
  expect(flopsOf(call('dot', rows, [terms, terms]))).toBe(product + flopsOf(call('sum', rows, [terms])))
  expect(flopsOf(call('dot', rows, [terms, terms, rows]))).toBe(2 * 35 + addition)
  expect(flopsOf(call('sum', rows, [terms, rows]))).toBe(35 + addition)
  expect(flopsOf(call('gather', rows, [[9, 1], rows, rows]))).toBe(addition)
  expect(flopsOf(call('gemm', terms, [[7, 3], [3, 5], terms]))).toBe(2 * 7 * 3 * 5 + 35)
  expect(flopsOf(call('ew', terms, [terms], ['const', 'fma', 'tanh']))).toBe(3 * 35)
  // What a profile measures and what a drawing counts are one number each.
  const config = configOf({ model: { cell: 'layernorm-lstm', hidden: 6 }, ...grouped({ ...small }) })
  const drawn = callsOf(
    explain({ model: config.model, train: config.train, logging: config.logging }).program,
  )
  const program = trainingProgram(taskOf(config, text), config)
  const { calls } = profileProgram(referenceExecutor(), program, (run) => (run(), 1))
  expect(calls.some(({ kernel }) => kernel === 'dot')).toBe(true)
  for (const { index, kernel, flops, bytes } of calls)
    expect({ kernel, flops, bytes }).toEqual({
      kernel,
      flops: drawn[index]!.flops,
      bytes: drawn[index]!.bytes,
    })
})
