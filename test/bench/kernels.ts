// Speed of the native kernels, each alone, on one core: products as GFLOP/s and as a share of the core's measured multiply-add peak,
// elementwise programs as ns per element and per instruction. Best of many short samples, since the machine may be busy.
// Usage: node test/bench/kernels.ts [--isa NAME] [--threads N] [--precision f32|bf16|bf16x3] [filter]
import { parseArgs } from 'node:util'
import { packedSize, precisions, type Instruction, type View } from '../../src-main/engine/compile/program.ts'
import { loadAddon, loadNative } from '../../src-main/engine/run/native.ts'
import { call, dense, ew1, loop, op, programOf, seeded, strided } from '../native/programs.ts'
import { fastest } from './stopwatch.ts'

const { values: options, positionals } = parseArgs({
  options: {
    isa: { type: 'string' },
    threads: { type: 'string', default: '1' },
    precision: { type: 'string', default: 'f32' },
  },
  allowPositionals: true,
})
const addon = loadAddon()
if ('unavailable' in addon) throw new Error(addon.unavailable)
if (options.isa) addon.setIsa(options.isa)
const loaded = loadNative({ isa: options.isa ?? addon.isa(), threads: Number(options.threads) })
if ('unavailable' in loaded) throw new Error(loaded.unavailable)
const executor = loaded
const named = precisions.find((name) => name === options.precision)
if (!named) throw new Error(`--precision is one of ${precisions.join(', ')}`)
const precision = named
const wanted = (name: string) => positionals.every((word) => name.includes(word))

/** Seconds of one repetition of `body`, `work` being about its cost in ns / 50. */
function best(size: number, body: Instruction[], work: number): number {
  const repeat = Math.max(1, Math.round(2e7 / work)) // samples of about a millisecond
  const executable = executor.load(programOf(size, [loop(repeat, body)]))
  executable.write(
    'all',
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.37) / 8),
  )
  const seconds = fastest(() => executable.run(seeded), 0.8, Number(options.threads))
  executable.dispose()
  return seconds / repeat
}

const align = (n: number) => Math.ceil(n / 16) * 16
type Form = 'packed' | 'plain' | 'a transposed' | 'b transposed'

function product(M: number, N: number, K: number, form: Form): [number, Instruction[]] {
  const a = 0
  const b = align(M * K)
  const out = b + align(packedSize(K, N, precision))
  const left: View = form === 'a transposed' ? strided(a, [M, K], [1, M]) : dense(a, [M, K])
  const right: View = form === 'b transposed' ? strided(b, [K, N], [1, K]) : dense(b, [K, N])
  return [
    out + M * N,
    [call('gemm', [dense(out, [M, N])], [left, right], { packed: form === 'packed' ? 1 : 0, precision })],
  ]
}

const peak = addon.fmaPeak(500)
console.log(`${executor.description}; multiply-add peak of this core ${peak.toFixed(1)} GFLOP/s\n`)

const shapes: [number, number, number, Form][] = [
  [64, 2048, 512, 'packed'],
  [32, 512, 128, 'packed'],
  [64, 1024, 256, 'packed'],
  [32, 384, 128, 'packed'],
  [64, 512, 2048, 'packed'],
  [32, 128, 512, 'packed'],
  [3200, 512, 128, 'packed'],
  [3200, 512, 128, 'plain'],
  [512, 128, 3200, 'a transposed'],
  [512, 3200, 128, 'plain'],
  [128, 512, 1600, 'a transposed'],
  [64, 2048, 512, 'b transposed'],
  [1600, 64, 128, 'packed'],
  [1, 2048, 512, 'packed'],
  [1, 2048, 512, 'plain'],
  [6, 2048, 512, 'plain'],
]
for (const [M, N, K, form] of shapes) {
  const name = `gemm ${M} x ${N} x ${K} ${form}`
  if (!wanted(name)) continue
  const [size, body] = product(M, N, K, form)
  const gflops = (2 * M * N * K) / best(size, body, M * N * K) / 1e9
  console.log(
    `${name.padEnd(38)} ${gflops.toFixed(1).padStart(7)} GFLOP/s ${((100 * gflops) / peak).toFixed(0).padStart(4)} %`,
  )
}

const n = 64 * 512
const at = (k: number, shape: number[] = [n]) => dense(k * n, shape)
const gates = call('ew', [at(5), at(6)], [at(0), at(1), at(2), at(3), at(4)], {
  code: [op('sigmoid', 0), op('sigmoid', 1), op('sigmoid', 2), op('tanh', 3), op('mul', 6, 4), op('fma', 5, 8, 9), op('tanh', 10), op('mul', 7, 11)],
  results: [10, 12],
}) // prettier-ignore
const adam = call('ew', [at(1), at(2), at(0)], [at(0), at(1), at(2), at(3)], {
  code: [
    op('const', 0, 0, 0, 0.9), op('const', 0, 0, 0, 0.1), op('mul', 1, 4), op('fma', 3, 5, 6), op('mul', 3, 3), op('mul', 2, 4),
    op('fma', 8, 5, 9), op('sqrt', 10), op('const', 0, 0, 0, 1e-8), op('add', 11, 12), op('div', 7, 13), op('sub', 0, 14),
  ],
  results: [7, 10, 15],
}) // prettier-ignore
const elementwise: [string, Instruction[], number][] = [
  ['add', [ew1('add', at(2), [at(0), at(1)])], n],
  ['tanh', [ew1('tanh', at(2), [at(0)])], n],
  ['exp', [ew1('exp', at(2), [at(0)])], n],
  ['log', [ew1('log', at(2), [at(0)])], n],
  ['uniform', [call('ew', [at(2)], [], { code: [op('uniform')], results: [0] })], n],
  ['LSTM step, 8 operations', [gates], n],
  ['Adam, 9 operations', [adam], n],
  [
    'add a row, rows of 100',
    [ew1('add', at(2, [300, 100]), [at(0, [300, 100]), strided(n, [300, 100], [0, 1])])],
    30000,
  ],
  [
    'transposed copy 256 x 128',
    [call('ew', [at(2, [256, 128])], [strided(0, [256, 128], [1, 256])], { results: [0] })],
    n,
  ],
  ['sum of columns 512 x 64', [call('sum', [dense(3 * n, [64])], [strided(0, [64, 512], [1, 64])])], n],
  ['sum of all', [call('sum', [dense(3 * n, [])], [at(0)])], n],
  [
    'gather 400 x 512 of 96',
    [call('gather', [dense(0, [400, 512])], [dense(210000, [3, 512]), dense(212000, [400])])],
    400 * 512,
  ],
  ['softmax 512 x 64', [call('softmax', [at(1, [512, 64])], [at(0, [512, 64])])], n],
  [
    'crossEntropyGrad 512 x 64',
    [
      call(
        'crossEntropyGrad',
        [at(1, [512, 64])],
        [at(0, [512, 64]), dense(2 * n, [512]), dense(3 * n, [512])],
      ),
    ],
    n,
  ],
]
console.log()
for (const [name, body, elements] of elementwise) {
  if (!wanted(name)) continue
  const ns = (best(7 * n, body, 50 * elements) / elements) * 1e9
  console.log(`${name.padEnd(38)} ${ns.toFixed(3).padStart(7)} ns per element`)
}

const six = (k: number) => dense(16 * k, [1, 6])
const tiny: [string, Instruction][] = [
  ['neg of 6', ew1('neg', six(1), [six(0)])],
  ['add of 6', ew1('add', six(2), [six(0), six(1)])],
  ['chain of 4 on 6', call('ew', [six(2)], [six(0), six(1)], { code: [op('add', 0, 1), op('mul', 2, 0), op('sub', 3, 1), op('tanh', 4)], results: [5] })],
  ['gemm 1 x 6 x 7', call('gemm', [six(2)], [dense(32, [1, 7]), dense(64, [7, 6])])],
  ['gemm 1 x 7 x 6, b transposed', call('gemm', [dense(32, [1, 7])], [six(0), strided(64, [6, 7], [1, 6])])],
  ['gemm 7 x 6 x 1 added', call('gemm', [dense(64, [7, 6])], [strided(32, [7, 1], [1, 7]), six(0), dense(64, [7, 6])])],
  ['sum of 6', call('sum', [dense(200, [])], [six(0)])],
] // prettier-ignore
console.log()
for (const [name, instruction] of tiny) {
  if (!wanted(name)) continue
  const ns =
    best(
      256,
      Array.from({ length: 100 }, () => instruction),
      5e5,
    ) * 1e7
  console.log(`${name.padEnd(38)} ${ns.toFixed(1).padStart(7)} ns per instruction`)
}
