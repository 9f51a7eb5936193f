// Readings that probes share: a signal of a text is read once, whichever probe asks; and a call can be watched and cancelled.
import { beforeEach, describe, expect, it } from 'vitest'
import { encodeTyped, probabilities } from '../../../src-main/engine/generation/sample.ts'
import { openModel } from '../../../src-main/engine/index.ts'
import { ablationEffects } from '../../../src-main/engine/probes/effect.ts'
import type { TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { forgetAll, keep, keptBytes } from '../../../src-main/engine/probes/recordings/kept.ts'
import { readSequences } from '../../../src-main/engine/probes/recordings/readSequences.ts'
import { recordSignal } from '../../../src-main/engine/probes/recordings/signals.ts'
import { gateSaturation } from '../../../src-main/engine/probes/saturation.ts'
import { inspectText } from '../../../src-main/engine/probes/textSignals.ts'
import { unitCard } from '../../../src-main/engine/probes/unitCard.ts'
import { findUnits } from '../../../src-main/engine/probes/unitSearch/findUnits.ts'
import type { Executor } from '../../../src-main/engine/run/executor.ts'
import { expectClose } from '../check.ts'
import { bytes, executor, text } from './trainedModel.ts'

let runs = 0
/** Counts the runs of all programs. */
const counting: Executor = {
  ...executor,
  load(program, beside) {
    const executable = executor.load(program, beside)
    return {
      ...executable,
      run: (options) => {
        runs++
        return executable.run(options)
      },
    }
  },
}
const model = openModel(bytes, counting)
const runsOf = (work: () => unknown): number => {
  runs = 0
  work()
  return runs
}
const chunks = Math.ceil(text.length / 128)
const place = { layer: 1, signal: 'c' }
const heatmap = (of: TrainedModel = model, given = text) => inspectText(of, { text: given, ...place })
const card = { ...place, unit: 2, offset: 0, around: 5, seed: 1 }

beforeEach(forgetAll)

describe('a reading', () => {
  it('serves the next probe on the same text, and on its beginning', () => {
    expect(runsOf(() => heatmap())).toBe(chunks)
    expect(runsOf(() => heatmap())).toBe(0)
    expect(runsOf(() => heatmap(model, text.slice(0, 150)))).toBe(0)
    // One more run is that of the regression on all units.
    expect(runsOf(() => findUnits(model, { text, predicate: 'quote', top: 3 }))).toBe(chunks + 1)
    expect(runsOf(() => findUnits(model, { text, predicate: 'bracket', top: 3 }))).toBe(1)
    expect(runsOf(() => unitCard(model, { text, ...card }))).toBe(0)
    expect(runsOf(() => gateSaturation(model, { text }))).toBe(0)
  })

  it('gives the values of a reading of its own', () => {
    const alone = heatmap(openModel(bytes, executor), text.slice(0, 150))
    heatmap()
    expect(heatmap(model, text.slice(0, 150))).toEqual(alone)
    const ablated = { text, layer: 1, signal: 'c', operation: 'set(q90)' }
    const after = ablationEffects(model, ablated)
    forgetAll()
    expect(ablationEffects(model, ablated)).toEqual(after)
  })

  it('is not that of a text that goes on differently, nor of another checkpoint', () => {
    heatmap()
    expect(runsOf(() => heatmap(model, `${text.slice(0, 100)}"`))).toBe(1)
    expect(runsOf(() => heatmap(openModel(bytes, counting)))).toBe(chunks)
    expect(runsOf(() => heatmap())).toBe(0)
  })

  it('stays whole when an answer is handed to another thread', () => {
    const { values, surprisal } = heatmap()
    const copy = { values: values.slice(), surprisal: surprisal.slice() }
    structuredClone(values, { transfer: [values.buffer] })
    structuredClone(surprisal, { transfer: [surprisal.buffer] })
    expect(values).toHaveLength(0)
    const again = heatmap()
    expect(again.values).toEqual(copy.values)
    expect(again.surprisal).toEqual(copy.surprisal)
  })

  it('goes first when others need its memory, the least recently used one first', () => {
    const [first, second, third] = ['aa', 'bb', 'cc'].map(() => Int32Array.of(0, 1, 2)) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ]
    recordSignal(model, [first], place)
    keep(model, [second], 'large', new Uint8Array(0), 2 ** 28 - 200)
    expect(runsOf(() => recordSignal(model, [first], place))).toBe(0)
    keep(model, [third], 'large', new Uint8Array(0), 2 ** 27)
    expect(keptBytes()).toBeLessThanOrEqual(2 ** 28)
    expect(runsOf(() => recordSignal(model, [first], place))).toBe(0)
    keep(model, [third], 'too large', new Uint8Array(0), 2 ** 28 + 1)
    expect(runsOf(() => recordSignal(model, [first], place))).toBe(0)
    keep(model, [third], 'whole', new Uint8Array(0), 2 ** 28)
    expect(runsOf(() => recordSignal(model, [first], place))).toBe(1)
  })
})

describe('a long text', () => {
  const long = text.repeat(12)
  const { ids } = encodeTyped(long, model.symbols, 'text')
  /** Values of c of layer 1, and the number of runs: with a second sequence a text is read in order. */
  const read = (of: TrainedModel, inOrder: boolean) => {
    let values: Float32Array = new Float32Array(0)
    const count = runsOf(() => {
      const sequences = inOrder ? [ids, Int32Array.of(0)] : [ids]
      values = readSequences(of, sequences, [{ layer: 1, signal: 'c' }])[0]!
    })
    const length = ids.length + +inOrder
    return { count, unit: (u: number) => values.subarray(u * length, u * length + ids.length) }
  }
  const inOrderRuns = Math.ceil(ids.length / 128) + 1

  it('is read in parts side by side, with the values of a reading in order', () => {
    const [parts, order] = [read(model, false), read(model, true)]
    expect(order.count).toBe(inOrderRuns)
    // 32 symbols of all five parts in a run; the parts are read again until their states are those of the reading before.
    const once = Math.ceil(ids.length / 5 / 32)
    expect(parts.count).toBeGreaterThan(once)
    expect(parts.count).toBeLessThan(1.5 * once)
    for (let u = 0; u < 6; u++) expectClose(parts.unit(u), order.unit(u), 1e-4)
  })

  it('is read in order by a network that never forgets how a part began', () => {
    const weights = new Map(model.weights)
    for (const layer of [0, 1]) {
      const { data, ...bias } = weights.get(`layers.${layer}.b_ih`)!
      weights.set(`layers.${layer}.b_ih`, { ...bias, data: data.map((x, i) => (i >= 6 && i < 12 ? 60 : x)) })
    }
    const counting = { ...model, weights }
    const [parts, order] = [read(counting, false), read(counting, true)]
    expect(parts.count).toBeGreaterThan(inOrderRuns)
    for (let u = 0; u < 6; u++) expectClose(parts.unit(u), order.unit(u), 1e-12)
  })

  it('has the same predictions', () => {
    const { surprisal, nextIds } = heatmap(model, long)
    const order = new Float32Array(ids.length)
    readSequences(model, [ids, Int32Array.of(0)], [], (at, count, logits) => {
      const size = model.vocabulary.length
      for (let t = 0; t < count; t++)
        if (at + t + 1 < ids.length)
          order[at + t + 1] = -Math.log(
            probabilities(logits.subarray(t * size, (t + 1) * size), 1)[ids[at + t + 1]!]!,
          )
    })
    expectClose(surprisal.subarray(1), order.subarray(1), 1e-4)
    expect(nextIds).toHaveLength(5 * ids.length)
    expect(runsOf(() => heatmap(model, long.slice(0, 300)))).toBe(0)
  })
})

describe('a call', () => {
  it('tells how much of the text is read', () => {
    const told: [number, number][] = []
    heatmap({ ...model, control: { progress: (done, total) => told.push([done, total]) } })
    expect(told).toHaveLength(chunks)
    expect(told.at(-1)).toEqual([text.length, text.length])
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).toSorted((a, b) => a - b))
  })

  it.each(['read', 'ablated'])('that is cancelled ends between two runs and keeps nothing, %s', (what) => {
    const cancel = new Int32Array(new SharedArrayBuffer(4))
    const progress = () => void Atomics.store(cancel, 0, 1)
    const watched = { ...model, control: { cancel, progress } }
    const work = () =>
      what === 'read'
        ? heatmap(watched)
        : ablationEffects(watched, { text, layer: 1, signal: 'h', operation: 'set(0)' })
    expect(work).toThrow(expect.objectContaining({ code: 'E_CANCELLED' }))
    expect(runs).toBeLessThan(chunks * 3)
    expect(keptBytes()).toBe(0)
    expect(runsOf(() => heatmap())).toBe(chunks)
  })
})
