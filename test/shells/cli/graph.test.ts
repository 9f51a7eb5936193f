// `unroll graph` and `unroll bench`: what they print, what they ask, how they refuse.
import { describe, expect, it } from 'vitest'
import { fakeGraph } from '../../standIn/graph.ts'
import { fakeRuns } from '../fakeRuns.ts'
import { unroll } from './terminal.ts'

describe('graph', () => {
  it('shows network, steps, findings, calls and memory of a run', async () => {
    const { exit, out, app } = await unroll(['graph', 'first'])
    expect(exit).toBe(0)
    expect(app.calls.at(-1)).toMatchObject({ name: 'runs.graph' })
    expect(out).toMatch(/^first\n/)
    expect(out).toMatch(/STEP OF layers\.0, t = 0 \.\. 19\n/)
    expect(out).toContain('STEP OF layers.1: as that of layers.0.')
    expect(out).toMatch(/#3 +x @ w_ih +8×16 +before the loop/)
    expect(out).toMatch(/h +tanh\(#6\) +8×16 +call 1/)
    expect(out).toContain("to the next step: h -> h'")
    expect(out).toContain('- layers.0: x @ w_ih leaves the loop: 20 products became one.')
    expect(out).toMatch(/backward +for t = 19 \.\. 0: layers\.0, backward\n/)
    expect(out).toMatch(/forward + {2}h' @ w_hhᵀ +gemm +8×16 = 8×16 @ 16×16 +20 +81\.9k/)
    expect(out).toMatch(
      /\nbackward + {2}if any tick:\nbackward + {4}dz @ w_hh +gemm .*\nbackward + {2}else:\nbackward + {4}fill instead of dz /,
    )
    expect(out).toMatch(/weights +30 kB +30 kB +layers\.0\.w_hh/)
    expect(out).toMatch(/gradients of weights +10 kB +- /)
    expect(out).toContain('90 kB (90,000 bytes) for a step of training; sharing saves 10 kB.')
    expect(out).toMatch(/sampling +12 kB +-\n/)
    expect(out).toMatch(/working space of the kernels +4 kB +4 kB\n/)
    expect(out).toContain('95 kB (95,000 bytes) in all.')
  })

  it('takes settings in the place of a run, and either, not both', async () => {
    const { exit, out, app } = await unroll(['graph', '--set', 'model.hidden=64'])
    expect([exit, out]).toEqual([0, expect.stringMatching(/not started/)])
    expect(app.calls.find(({ name }) => name === 'config.graph')!.input).toMatchObject({
      config: { model: { hidden: 64 } },
    })
    expect(await unroll(['graph', 'first', '--set', 'model.hidden=64'])).toMatchObject({
      exit: 2,
      err: expect.stringMatching(/not both/),
    })
    expect(await unroll(['graph', 'nowhere'])).toMatchObject({ exit: 66 })
    expect(app.calls.some(({ name }) => name === 'runs.launch')).toBe(false)
  })

  it('gives the whole as one object, or the steps for Graphviz', async () => {
    expect((await unroll(['graph', 'first', '--json'])).objects).toEqual([fakeGraph])
    const { out } = await unroll(['graph', 'first', '--dot'])
    expect(out).toMatch(/^digraph step \{\n/)
    expect(out.trimEnd().endsWith('}')).toBe(true)
    // Moved out: outside of the box of the loop, and before what reads it.
    const box = out.split('\n').find((line) => line.includes('cluster_0'))!
    expect(box).toContain('s0n5')
    expect(box).not.toContain('s0n3')
    expect(out).toContain('s0n3 -> s0n6')
    expect(out).toMatch(/s0n7 -> s0n1 \[style=dashed/)
  })
})

describe('bench', () => {
  it('tells speed, share of the peak, and with --profile every call and its distance to the roofline', async () => {
    const app = fakeRuns()
    const { exit, out } = await unroll(
      ['bench', '--cell', 'gru', '--hidden', '32', '--batch', '4', '--profile', '--seconds', '0.5'],
      { app },
    )
    expect(exit).toBe(0)
    expect(app.calls.find(({ name }) => name === 'app.bench')!.input).toMatchObject({
      config: { model: { cell: 'gru', hidden: 32 }, train: { batch: 4 } },
      profile: true,
      seconds: 0.5,
    })
    expect(out).toMatch(/step +1\.6 ms at best, 2 ms in the middle of 500 steps/)
    expect(out).toMatch(/products +80\.0M FLOP per step, 50\.0 GFLOP\/s = 50 % of the multiply-add peak/)
    expect(out).toMatch(/machine +100 GFLOP\/s of multiply-adds, copies 10\.0 GB\/s/)
    expect(out).toContain('share per kernel: gemm 75.0 %, ew 25.0 %')
    expect(out).toMatch(
      /75\.0 % +1 ms +80\.0 +1\.00 +0\.8 ms +1\.25× +compute +gemm +20 +forward +h' @ w_hhᵀ/,
    )
    expect(out).toMatch(/25\.0 % .* 0\.50× +cache/)
  })

  it('is one object with --json and knows a slip', async () => {
    expect((await unroll(['bench', '--json'])).objects).toMatchObject([{ threads: 1, symbolsPerStep: 160 }])
    expect(await unroll(['bench', '--hidden', 'many'])).toMatchObject({ exit: 2 })
    expect(await unroll(['bench', '--set', 'model.cel=gru'])).toMatchObject({ exit: 65 })
  })
})
