// Dropout held to its definitions: where masks fall, how long they last, what they keep, and that evaluation never sees them.
import { describe, expect, it } from 'vitest'
import { cells } from '../../src-main/engine/cells/index.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import { constant, input } from '../../src-main/engine/graph/ops.ts'
import { networkOf, stateShapes } from '../../src-main/engine/nn/network.ts'
import { traceNetwork } from '../../src-main/engine/nn/trace.ts'
import {
  dropInput,
  dropSymbols,
  grownShare,
  growthInput,
  noRegularisers,
} from '../../src-main/engine/nn/regularise.ts'
import { TrainingPrograms, programsOf } from '../../src-main/engine/training/trainingPrograms.ts'
import { weightNodes } from '../../src-main/engine/nn/weights.ts'
import { expectClose, values } from './check.ts'
import { B, H, T, configOf, draws, executor, runAt, small, type Feeds } from './smallNetwork.ts'
import type { FlatOptions } from '../options.ts'

const text = 'the rain in spain stays mainly in the plain. '.repeat(4)

describe('dropout', () => {
  const x = input('x', [4, 2, 3])
  const feeds = { x: values([4, 2, 3]) }
  const dropped = (mask: 'step' | 'variational', rate = 0.4) =>
    runAt({ y: dropInput({ ...noRegularisers, dropout: rate, dropoutMask: mask }, 0, 'input', x) }, feeds)

  it.each(['step', 'variational'] as const)('keeps the mean of every input, %s masks', (mask) => {
    const run = dropped(mask)
    const n = 3000
    const mean = new Float64Array(24)
    for (let step = 0; step < n; step++)
      run(step).y!.forEach((v, i) => {
        if (v !== 0 && Math.abs(v * 0.6 - feeds.x[i]!) > 1e-12) expect.fail(`${v} is neither 0 nor x / 0.6`)
        mean[i]! += v / n / feeds.x[i]!
      })
    // Five standard deviations of the mean of n draws.
    const tolerance = 5 * Math.sqrt(0.4 / 0.6 / n)
    for (const m of mean) expect(Math.abs(m - 1)).toBeLessThan(tolerance)
  })

  it('draws a variational mask once for all steps, and step masks anew', () => {
    const rows = (mask: 'step' | 'variational', step: number) => {
      const kept = dropped(mask)(step).y!.map((v) => +(v !== 0))
      return [0, 1, 2, 3].map((t) => kept.slice(6 * t, 6 * t + 6).join(''))
    }
    const same = Array.from({ length: 20 }, (_, step) => new Set(rows('variational', step)))
    expect(same.every((masks) => masks.size === 1)).toBe(true)
    expect(new Set(same.flatMap((masks) => [...masks])).size).toBeGreaterThan(5)
    expect(new Set(rows('step', 0)).size).toBeGreaterThan(1)
  })

  it('draws apart for every layer and place', () => {
    const regular = { ...noRegularisers, dropout: 0.5 }
    const big = constant(1, [40, 10])
    const { a, b } = runAt(
      { a: dropInput(regular, 0, 'input', big), b: dropInput(regular, 1, 'input', big) },
      {},
    )(0) as Record<'a' | 'b', number[]>
    const equal = a.filter((v, i) => v === b[i]).length
    expect(Math.abs(equal - 200)).toBeLessThan(50)
  })

  it('falls on the input of each layer and on the readout, but not on one-hot symbols', () => {
    const count = (layers: number, kind: 'embedding' | 'onehot') => {
      const config = configOf({
        model: { cell: 'rnn', hidden: 4, layers, input: kind },
        train: { window: 4, batch: 2 },
        regularization: { dropout: 0.5 },
      })
      return draws(programsOf(taskOf(config, text), config).train.code)
    }
    expect([count(1, 'embedding'), count(3, 'embedding'), count(3, 'onehot')]).toEqual([2, 4, 3])
  })

  it('grows as 1 - exp(-gamma * step) towards its rate', () => {
    const growth = { ...noRegularisers, dropout: 0.5, dropoutGrowth: 0.01 }
    expect(grownShare(growth, 0)).toBe(0)
    expect(grownShare(growth, 30)).toBeCloseTo(1 - Math.exp(-0.3), 12)
    const grown = runAt({ y: dropInput(growth, 0, 'input', x) }, feeds)
    expect(grown(3, { [growthInput]: [0] }).y).toEqual([...feeds.x])
    expectClose(grown(3, { [growthInput]: [0.8] }).y!, dropped('step', 0.4)(3).y!, 1e-12)
    const config = configOf({
      model: { cell: 'rnn', hidden: 4 },
      train: { window: 4, batch: 2 },
      regularization: { dropout: 0.5, dropoutGrowth: 0.01 },
    })
    const task = taskOf(config, text)
    const loaded = new TrainingPrograms(task, programsOf(task, config), executor)
    for (const step of [0, 7, 100]) {
      task.feed(loaded.main, step)
      expect(loaded.main.read(growthInput)[0]).toBeCloseTo(1 - Math.exp(-0.01 * step), 12)
    }
  })
})

describe('where dropout falls', () => {
  const kept = (options: FlatOptions, cell = 'rnn') => {
    const { trace, feeds, network } = small(cell, { dropout: 0.5, ...options }, { layers: 2 }, 1)
    const plain = runAt({ top: trace(false).features }, feeds)
    const cut = runAt({ top: trace(true).features }, feeds)
    // Of the link to the output layer: entries of \`top\` that are 0 or twice what they are without dropout below.
    const isCut = Array.from({ length: 20 }, (_, step) => cut(step).top!).map((top) => ({
      output: top.some((v) => v === 0),
      any: top.some((v, i) => v !== plain(0).top![i]),
    }))
    return { isCut, network }
  }

  it.each(['rnn', 'jordan'])('%s: all reaches the output layer, layers and between do not', (cell) => {
    expect(kept({}, cell).isCut.some(({ output }) => output)).toBe(true)
    expect(kept({ dropoutLinks: 'layers' }, cell).isCut.some(({ output }) => output)).toBe(false)
    expect(kept({ dropoutLinks: 'between' }, cell).isCut.some(({ output }) => output)).toBe(false)
    expect(kept({ dropoutLinks: 'between' }, cell).isCut.some(({ any }) => any)).toBe(true)
  })

  it('between spares the input of a single layer, layers does not', () => {
    const top = (links: 'layers' | 'between') => {
      const { trace, feeds } = small('rnn', { dropout: 0.5, dropoutLinks: links }, {}, 1)
      return [trace(true).features, trace(false).features].map((node) => runAt({ node }, feeds)(3).node)
    }
    expect(top('between')[0]).toEqual(top('between')[1])
    expect(top('layers')[0]).not.toEqual(top('layers')[1])
  })
})

describe('embedding dropout', () => {
  const ids = input('ids', [6, 2])
  const feeds = { ids: [0, 1, 1, 2, 0, 0, 3, 1, 2, 2, -1, 3] }
  const regular = { ...noRegularisers, embeddingDropout: 0.4 }
  const vectors = constant(1, [6, 2, 3])
  const dropped = runAt({ y: dropSymbols(regular, 0, ids, 4, vectors) }, feeds)

  it('leaves a symbol out wherever it occurs in a batch, and keeps the mean', () => {
    const n = 3000
    const mean = new Float64Array(4)
    for (let step = 0; step < n; step++) {
      const { y } = dropped(step)
      const seen = new Map<number, number>()
      feeds.ids.forEach((id, at) => {
        if (id < 0) return
        const [a, b, c] = y!.slice(3 * at, 3 * at + 3)
        expect([b, c, seen.get(id) ?? a]).toEqual([a, a, a])
        seen.set(id, a!)
      })
      for (const [id, v] of seen) mean[id]! += v / n
    }
    for (const m of mean) expect(Math.abs(m - 1)).toBeLessThan(5 * Math.sqrt(0.4 / 0.6 / n))
  })

  it('is refused where the input has no embedding', () => {
    const config = configOf({ model: { input: 'onehot' }, regularization: { embeddingDropout: 0.1 } })
    expect(() => taskOf(config, text)).toThrow(/regularization\.embeddingDropout/)
  })

  it('falls in training only, also where all layers step together', () => {
    for (const cell of ['lstm', 'hm-rnn']) {
      const model = { cell, embedding: 3, ...(cell === 'hm-rnn' && { layers: 2 }), hidden: H }
      const config = configOf({ model, regularization: { embeddingDropout: 0.5 } })
      const network = networkOf(
        config.model,
        { symbols: 4, outputs: 4, outputBias: true },
        config.regularization,
      )
      const weights = weightNodes(network)
      const init = stateShapes(network).map(({ name, size }) => input(`from ${name}`, [2, size]))
      const given: Feeds = {
        ...feeds,
        ...Object.fromEntries(
          [...weights.values(), ...init].map((n, i) => [n.attrs.name!, values(n.shape, i + 1)]),
        ),
      }
      const top = (training: boolean) =>
        runAt({ top: traceNetwork(network, weights, ids, init, { training }).features }, given)
      expect(top(false)(0)).toEqual(top(false)(1))
      expect(top(true)(0)).not.toEqual(top(true)(1))
    }
  })
})

describe('recurrent dropout', () => {
  it.each(['lstm', 'peephole', 'mi-lstm', 'layernorm-lstm'])(
    "falls on what %s would write: c = f c' + i d(g)",
    (cell) => {
      const { trace, feeds } = small(cell, { recurrentDropout: 0.4 }, {}, 1)
      const plain = trace(false, { watch: () => true })
      const { c, f, i, g, mixed } = runAt(
        {
          c: plain.final[1]!,
          f: plain.signals.get('0.f')!,
          i: plain.signals.get('0.i')!,
          g: plain.signals.get('0.g')!,
          mixed: trace(true).final[1]!,
        },
        feeds,
      )(2) as Record<string, number[]>
      const cut = mixed!.map((v, k) => (v - (c![k]! - i![k]! * g![k]!)) / (i![k]! * g![k]!))
      for (const m of cut) expect(Math.min(Math.abs(m), Math.abs(m - 1 / 0.6))).toBeLessThan(1e-9)
      expect(new Set(cut.map((m) => Math.round(m))).size).toBe(2)
      expect(f!.every((v) => v > 0)).toBe(true)
    },
  )

  it("mixes what a GRU keeps with d(n): h = z h' + (1 - z) d(n)", () => {
    const { trace, feeds } = small('gru', { recurrentDropout: 0.4 }, {}, 1)
    const plain = trace(false, { watch: () => true })
    const { z, n, h } = runAt(
      { z: plain.signals.get('0.z')!, n: plain.signals.get('0.n')!, h: trace(true).final[0]! },
      feeds,
    )(2) as Record<string, number[]>
    const cut = h!.map((v, k) => (v - z![k]! * feeds['from 0.h']![k]!) / ((1 - z![k]!) * n![k]!))
    for (const m of cut) expect(Math.min(Math.abs(m), Math.abs(m - 1 / 0.6))).toBeLessThan(1e-9)
    expect(new Set(cut.map((m) => Math.round(m))).size).toBe(2)
  })

  it("falls on h' inside the product of a plain cell, with one mask for all steps", () => {
    const { trace, feeds } = small('rnn', { recurrentDropout: 0.5 })
    const [wi, wh, bi, bh] = ['w_ih', 'w_hh', 'b_ih', 'b_hh'].map((n) => feeds[`layers.0.${n}`]!) as [
      ArrayLike<number>,
      ArrayLike<number>,
      ArrayLike<number>,
      ArrayLike<number>,
    ]
    const top = runAt({ top: trace(true).features }, feeds)(4).top!
    for (let b = 0; b < B; b++) {
      // The mask is found among all 2^H by the formula over all steps.
      const fits = Array.from({ length: 2 ** H }, (_, bits) => bits).filter((bits) => {
        let h = Array.from({ length: H }, (_, k) => feeds['from 0.h']![b * H + k]!)
        for (let t = 0; t < T; t++) {
          const at = (t * B + b) * H
          h = h.map((_, k) => {
            let s = bi[k]! + bh[k]!
            for (let j = 0; j < H; j++)
              s += wi[k * H + j]! * feeds.x![at + j]! + wh[k * H + j]! * ((bits >> j) & 1) * 2 * h[j]!
            return Math.tanh(s)
          })
          if (h.some((v, k) => Math.abs(v - top[at + k]!) > 1e-9)) return false
        }
        return true
      })
      expect(fits).toHaveLength(1)
    }
  })

  it('on the state: every gate of an LSTM reads h through one mask for all steps, and c is left alone', () => {
    const { trace, feeds } = small('lstm', { recurrentDropout: 0.5, recurrentDropoutOn: 'state' })
    const weight = (n: string) => feeds[`layers.0.${n}`]!
    const top = runAt({ top: trace(true).features }, feeds)(4).top!
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
    for (let b = 0; b < B; b++) {
      const fits = Array.from({ length: 2 ** H }, (_, bits) => bits).filter((bits) => {
        let [h, c] = ['h', 'c'].map((s) =>
          Array.from({ length: H }, (_, k) => feeds[`from 0.${s}`]![b * H + k]!),
        ) as [number[], number[]]
        for (let t = 0; t < T; t++) {
          const at = (t * B + b) * H
          const z = Array.from({ length: 4 * H }, (_, row) => {
            let s = weight('b_ih')[row]! + weight('b_hh')[row]!
            for (let j = 0; j < H; j++)
              s +=
                weight('w_ih')[row * H + j]! * feeds.x![at + j]! +
                weight('w_hh')[row * H + j]! * ((bits >> j) & 1) * 2 * h[j]!
            return s
          })
          c = c.map((v, k) => sigmoid(z[H + k]!) * v + sigmoid(z[k]!) * Math.tanh(z[2 * H + k]!))
          h = c.map((v, k) => sigmoid(z[3 * H + k]!) * Math.tanh(v))
          if (h.some((v, k) => Math.abs(v - top[at + k]!) > 1e-9)) return false
        }
        return true
      })
      expect(fits).toHaveLength(1)
    }
  })

  it('on the candidate is refused for a cell without one', () => {
    expect(() => small('rnn', { recurrentDropout: 0.5, recurrentDropoutOn: 'candidate' })).toThrow(
      /regularization\.recurrentDropoutOn/,
    )
  })

  it.each(cells.filter((c) => c.state.length > 0).map((c) => c.id))('reaches %s in training only', (id) => {
    const { trace, feeds } = small(id, { recurrentDropout: 0.5 })
    const { trained, free } = runAt({ trained: trace(true).features, free: trace(false).features }, feeds)(1)
    expect(trained).not.toEqual(free)
    expectClose(free!, runAt({ top: small(id, {}).trace(false).features }, feeds)(1).top!, 1e-12)
  })

  it('leaves alone what a clockwork layer holds', () => {
    const { trace, feeds } = small('clockwork', { recurrentDropout: 0.5 }, { options: { groups: 2 } }, 2)
    feeds['from 0.t'] = new Float64Array(B * H)
    const top = runAt({ top: trace(true).features }, feeds)(1).top!
    // Units 2 and 3 tick at t = 0 only.
    for (let b = 0; b < B; b++) for (const k of [2, 3]) expect(top[(B + b) * H + k]).toBe(top[b * H + k])
  })
})
