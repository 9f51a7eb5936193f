// A small explained program: one step of a cell with one gate, as the engine would tell it.
import type { BenchReport } from '../../src-main/contract/bench.ts'
import type { ProgramCall, ProgramGraph, Section, StepNode } from '../../src-main/contract/programGraph.ts'

const node = (
  id: number,
  kind: StepNode['kind'],
  op: string,
  name: string,
  place: StepNode['place'],
  call: number | null = null,
): StepNode => ({
  id,
  op,
  kind,
  name,
  shape: kind === 'weight' ? [16, 16] : [8, 16],
  place,
  call,
})
const call = (kernel: string, title: string, section: Section, times: number): ProgramCall => ({
  kernel,
  title,
  section,
  outs: [[8, 16]],
  ins: [
    [8, 16],
    [16, 16],
  ],
  times,
  flops: times * 4096,
  bytes: times * 2048,
  ops: kernel === 'ew' ? ['tanh', 'mul'] : [],
})

export const fakeGraph: ProgramGraph = {
  network: [
    { name: 'embedding', about: '65 symbols to 16 numbers', parameters: 1040 },
    { name: 'layers.0', about: 'RNN', parameters: 512 },
    { name: 'layers.1', about: 'RNN', parameters: 512 },
    { name: 'readout', about: '65 outputs', parameters: 1105 },
  ],
  steps: ['layers.0', 'layers.1'].map((name) => ({
    name,
    layers: [name],
    steps: 20,
    rows: 1,
    reverse: false,
    nodes: [
      node(0, 'input', 'input', 'x', 'free'),
      node(1, 'state', 'state', "h'", 'free'),
      node(2, 'weight', 'weight', 'w_ih', 'free'),
      node(3, 'product', 'matmul', '', 'before'),
      node(4, 'weight', 'weight', 'w_hh', 'free'),
      node(5, 'product', 'matmul', '', 'step', 0),
      node(6, 'pointwise', '+', '', 'step', 0),
      node(7, 'pointwise', 'tanh', 'h', 'step', 1),
    ],
    edges: [
      { from: 0, to: 3 },
      { from: 2, to: 3 },
      { from: 1, to: 5 },
      { from: 4, to: 5 },
      { from: 3, to: 6 },
      { from: 5, to: 6 },
      { from: 6, to: 7 },
    ],
    feedback: [{ from: 7, to: 1 }],
  })),
  nodes: { before: 80, after: 64 },
  findings: [
    { kind: 'hoisted', text: 'layers.0: x @ w_ih leaves the loop: 20 products became one.' },
    { kind: 'fused', text: 'layers.0, forward: 2 elementwise operations share one call.' },
  ],
  program: [
    call('gather', 'embedding.w[ids]', 'forward', 1),
    {
      kernel: 'loop',
      title: 'layers.0, forward',
      section: 'forward',
      count: 20,
      reverse: false,
      body: [call('gemm', "h' @ w_hhᵀ", 'forward', 20), call('ew', '0.h', 'forward', 20)],
    },
    {
      kernel: 'loop',
      title: 'layers.0, backward',
      section: 'backward',
      count: 20,
      reverse: true,
      body: [
        call('ew', 'd 0.h', 'backward', 20),
        { kernel: 'guard', title: 'tick', section: 'backward', open: true, body: [call('gemm', 'dz @ w_hh', 'backward', 20)] },
        { kernel: 'guard', title: 'tick', section: 'backward', open: false, body: [call('ew', 'fill instead of dz', 'backward', 20)] },
      ],
    },
    call('ew', 'new layers.0.w_hh', 'update', 1),
  ],
  totals: {
    calls: 62,
    flops: 1e6,
    products: 8e5,
    bytes: 1e6,
    sections: {
      forward: { calls: 41, flops: 3e5 },
      backward: { calls: 20, flops: 6e5 },
      update: { calls: 1, flops: 1e5 },
    },
  },
  memory: {
    whole: 95_000,
    bytes: 90_000,
    shared: 10_000,
    parts: [
      { kind: 'weights', title: 'weights', bytes: 30_000, held: 30_000, items: [{ name: 'layers.0.w_hh', bytes: 16_000 }] },
      { kind: 'saved', title: 'kept for the backward pass, layers.0', bytes: 60_000, held: 60_000, items: [{ name: '0.h', bytes: 60_000 }] },
      { kind: 'gradients', title: 'gradients of weights', bytes: 10_000, held: 0, items: [{ name: 'd layers.0.w_hh', bytes: 10_000 }] },
    ],
    others: [
      { name: 'sampling', bytes: 12_000, held: 0 },
      { name: 'working space of the kernels', bytes: 4_000, held: 4_000 },
      { name: 'symbols', bytes: 1_000, held: 1_000 },
    ],
  },
} // prettier-ignore

export const fakeBench: BenchReport = {
  executor: 'native avx2, 1 thread',
  threads: 1,
  peak: { flops: 1e11, bandwidth: 1e10 },
  seconds: { median: 0.002, fastest: 0.0016 },
  steps: 500,
  symbolsPerStep: 160,
  work: { products: 8e7, flops: 1e8 },
  memoryBytes: 90_000,
  compileSeconds: 0.12,
  calls: [
    { kernel: 'gemm', title: "h' @ w_hhᵀ", section: 'forward', times: 20, seconds: 0.001, share: 0.75, flops: 8e7, bytes: 1e6, bound: 'compute', roof: 0.0008, distance: 1.25 },
    { kernel: 'ew', title: '0.h', section: 'forward', times: 20, seconds: 0.0002, share: 0.25, flops: 1e6, bytes: 4e6, bound: 'memory', roof: 0.0004, distance: 0.5 },
  ],
} // prettier-ignore
