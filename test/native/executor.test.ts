// The native executor as a whole: random numbers, loops, threads, cancelling, handles and arguments.
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import type { Instruction } from '../../src-main/engine/compile/program.ts'
import { encode } from '../../src-main/engine/compile/encode.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { uniformAt } from '../../src-main/engine/run/random.ts'
import { addon, compare, isas, native } from './backends.ts'
import { call, dense, execute, ew1, loop, op, programOf, seeded, strided } from './programs.ts'

const wave = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * 0.37 + (i % 11)))
const draw = (n: number, loops: number[], stream = 77) =>
  call('ew', [dense(0, [n], loops)], [], { code: [op('uniform', 0, 0, 0, stream)], results: [0] })

describe.each(isas)('%s', (isa) => {
  it.each([1, 7, 8, 37, 3000])('draws the same %i uniform numbers as random.ts, bit for bit', (n) => {
    const got = execute(
      native(isa),
      programOf(6 * n, [loop(2, [loop(3, [draw(n, [3 * n, n])], true)])]),
      wave(6 * n),
    )
    const expected = got.map((_, i) => uniformAt(seeded, 77, Math.floor(i / n), i % n))
    expect(got).toEqual(expected)
  })

  it('takes large seeds, steps and streams', () => {
    const options = { seed: [0xffffffff, 0x80000001], step: 0xfffffffe } as const
    const got = execute(native(isa), programOf(4, [draw(4, [], 0xfffffff0)]), wave(4), options)
    expect(got).toEqual(got.map((_, i) => uniformAt(options, 0xfffffff0, 0, i)))
  })

  it('reads an input that an out overwrites, when it is a result itself', () => {
    const swap = call('ew', [dense(0, [20]), dense(20, [20])], [dense(0, [20]), dense(20, [20])], {
      results: [1, 0],
    })
    const keep = call('ew', [dense(0, [20]), dense(40, [20])], [dense(0, [20])], {
      code: [op('neg', 0), op('add', 1, 0)],
      results: [1, 2],
    })
    expect(compare(native(isa), 60, [swap, keep], wave(60))).toBeNull()
    const wide = call('ew', [dense(0, [64]), dense(64, [64])], [dense(0, [64]), dense(64, [64])], {
      results: [1, 0],
    })
    expect(compare(native(isa), 128, [wide], wave(128))).toBeNull()
  })

  it('gives the same bits with 1, 2, 3 and 8 threads', () => {
    const [T, M, N, K] = [5, 70, 300, 290]
    const at = { a: 0, b: M * K, c: M * K + K * N, d: M * K + K * N + M * N }
    const rest = at.d + M * N
    const panels = Math.ceil((rest + 4 * N + M) / 16) * 16
    const size = panels + K * Math.ceil(N / 64) * 64
    const [a, b, c, d] = [dense(at.a, [M, K]), dense(at.b, [K, N]), dense(at.c, [M, N]), dense(at.d, [M, N])]
    const code: Instruction[] = [
      call('pack', [dense(panels, [size - panels])], [b]),
      loop(T, [
        call('gemm', [c], [a, strided(panels, [K, N], [N, 1]), strided(rest, [M, N], [0, 1])], { packed: 1 }),
        call('ew', [d, c], [c, strided(rest, [M, N], [0, 1])], {
          code: [op('tanh', 0), op('uniform', 0, 0, 0, 3), op('fma', 2, 3, 1)],
          results: [4, 2],
        }),
        call('sum', [dense(rest, [N])], [strided(at.d, [N, M], [1, N])]),
        call('gemm', [dense(at.b, [N, N])], [strided(at.d, [N, M], [1, N]), c, dense(at.b, [N, N])]),
        call('softmax', [d], [c]),
        call('sum', [dense(rest + N, [1])], [dense(at.b, [1, N * 250])]),
        call('max', [dense(rest + 2 * N, [N])], [strided(at.c, [N, M], [1, N])]),
        call('ew', [strided(at.d, [N, M], [1, N])], [strided(at.c, [N, M], [1, N])], {
          code: [op('sigmoid')],
          results: [1],
        }),
      ]),
    ]
    const memory = wave(size).map((x) => x / 8)
    const runWith = (threads: number) => execute(native(isa, threads), programOf(size, code), memory)
    const one = runWith(1)
    expect(one.every(Number.isFinite)).toBe(true)
    for (const threads of [2, 3, 8]) expect(runWith(threads)).toEqual(one)
  })

  it('ends between two iterations of any loop when cancelled', () => {
    const cancel = Int32Array.of(0)
    const body = ew1('add', dense(0, [1]), [dense(0, [1]), dense(1, [1])])
    const executable = native(isa).load(programOf(2, [loop(3, [loop(4, [body])]), body]))
    executable.write('all', [0, 1])
    expect(executable.run({ ...seeded, cancel })).toBe(true)
    expect(executable.scalar('all')).toBe(13)
    cancel[0] = 1
    expect(executable.run({ ...seeded, cancel })).toBe(false)
    expect(executable.scalar('all')).toBe(13)
  })
})

it('stops within 50 ms when another thread asks', async () => {
  const cancel = new Int32Array(new SharedArrayBuffer(4))
  const body = ew1('add', dense(0, [1000]), [dense(0, [1000]), dense(0, [1000])])
  const executable = native(isas[0]!).load(programOf(1000, [loop(1000000, [loop(1000, [body])])]))
  const source = `const { workerData } = require('node:worker_threads')
    setTimeout(() => Atomics.store(workerData.cancel, 0, Date.now() - workerData.start), 100)`
  const start = Date.now()
  const worker = new Worker(source, { eval: true, workerData: { cancel, start } })
  expect(executable.run({ ...seeded, cancel })).toBe(false)
  expect(Date.now() - start - Atomics.load(cancel, 0)).toBeLessThan(50)
  await worker.terminate()
})

it('runs in several worker threads at once, each with its own threads', async () => {
  const path = new URL('../../src-main/engine/run/native.ts', import.meta.url).href
  const source = `const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(path)}).then(({ loadNative }) => {
      const view = { offset: 0, shape: [300, 300], strides: [300, 1], loop: [] }
      const to = { ...view, offset: 90000 }
      const gemm = { kernel: 'gemm', outs: [to], ins: [view, view], packed: 0, code: [], results: [], note: '' }
      const slots = new Map([['all', { kind: 'state', offset: 0, shape: [180000] }]])
      const program = { size: 180000, slots, code: [{ kernel: 'loop', count: 20, reverse: false, body: [gemm], note: '' }] }
      const executable = loadNative({ threads: 2 }).load(program)
      executable.write('all', Float32Array.from({ length: 180000 }, (_, i) => Math.sin(i)))
      executable.run({ seed: [1, 2], step: 0 })
      parentPort.postMessage(executable.read('all').slice(90000).join())
    })`
  const results = await Promise.all(
    [1, 2, 3].map(
      () =>
        new Promise<string>((resolve, reject) =>
          new Worker(source, { eval: true }).on('message', resolve).on('error', reject),
        ),
    ),
  )
  expect(results[0]!.split(',').length).toBe(90000)
  expect(new Set(results).size).toBe(1)
})

describe('handles and arguments', () => {
  const { code, consts } = encode(programOf(4, [draw(4, [])]))
  const arena = new Float32Array(4)
  const loadOne = () => addon.load(code, consts, 4)

  it.each([
    ['code', () => addon.load([] as never, consts, 4), TypeError, /code must be a Int32Array/],
    ['size', () => addon.load(code, consts, -1), RangeError, /size must be a whole number/],
    ['handle', () => addon.run({} as never, arena, 0, 0, 0, null, 1), TypeError, /must come from load/],
    [
      'arena',
      () => addon.run(loadOne(), new Float32Array(3), 0, 0, 0, null, 1),
      RangeError,
      /arena has 3 elements/,
    ],
    [
      'type',
      () => addon.run(loadOne(), new Float64Array(4) as never, 0, 0, 0, null, 1),
      TypeError,
      /Float32Array/,
    ],
    ['seed', () => addon.run(loadOne(), arena, 0.5, 0, 0, null, 1), RangeError, /seedLo/],
    ['cancel', () => addon.run(loadOne(), arena, 0, 0, 0, new Int32Array(0), 1), TypeError, /cancel/],
    ['threads', () => addon.run(loadOne(), arena, 0, 0, 0, null, 0), RangeError, /threads/],
    ['count', () => (addon.run as unknown as () => void)(), TypeError, /takes 7 arguments/],
    ['isa', () => addon.setIsa('mmx'), RangeError, /does not run mmx/],
  ] as const)('checks %s', (_, act, type, message) => {
    expect(act).toThrow(type)
    expect(act).toThrow(message)
  })

  it('refuses a disposed program, and lets it be disposed twice', () => {
    const handle = loadOne()
    addon.dispose(handle)
    addon.dispose(handle)
    expect(() => addon.run(handle, arena, 0, 0, 0, null, 1)).toThrow(/disposed/)
  })

  it('says what it is', () => {
    expect(native(isas[0]!, 2).description).toBe(`native ${isas[0]}, 2 threads`)
    expect(() => loadNative({ isa: 'mmx' })).toThrow(/"mmx" is not supported/)
  })
})
