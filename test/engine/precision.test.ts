// What runtime.precision does to a run: it has an effect, the final validation loss stays within 1 % of f32, and seeds, threads and
// resuming keep their promises.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src-main/engine/config.ts'
import type { RunConfig } from '../../src-main/contract/config.ts'
import type { Precision } from '../../src-main/engine/compile/program.ts'
import { openTraining, type TrainingEvent } from '../../src-main/engine/index.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { grouped } from '../options.ts'

const text = 'she sells sea shells by the sea shore; the shells she sells are sea shells for sure. '.repeat(
  30,
)
const train = {
  window: 16,
  batch: 8,
  steps: 120,
  lr: 0.01,
  evalEvery: 120,
  sampleEvery: 0,
  checkpointEvery: 60,
}
const configOf = (precision: Precision, more = {}) =>
  parseConfig({
    seed: 3,
    model: { cell: 'lstm', hidden: 32, embedding: 8 },
    ...grouped({ ...train, ...more, precision }),
  }) as RunConfig

function native(threads = 1): Executor {
  const loaded = loadNative({ threads })
  if ('unavailable' in loaded) throw new Error(loaded.unavailable)
  return loaded
}

/** Trains to the end, or until `stop` says so. */
function run(
  precision: Precision,
  executor: Executor,
  {
    more = {},
    resume,
    stop,
  }: { more?: object; resume?: Uint8Array; stop?: (event: TrainingEvent) => boolean } = {},
) {
  const training = openTraining(
    { config: configOf(precision, more), text, ...(resume && { resume }) },
    executor,
  )
  const losses: number[] = []
  for (const event of training.events()) {
    if (event.kind === 'metrics' && 'val/loss' in event.values) losses.push(event.values['val/loss']!)
    if (stop?.(event)) break
  }
  return { loss: losses.at(-1)!, end: training.checkpoint() }
}
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('runtime.precision', () => {
  it('ends within 1 % of the validation loss of f32, natively and in the reference', () => {
    const exact = run('f32', native()).loss
    expect(exact).toBeLessThan(0.5) // learned: guessing evenly would be above 2.5
    for (const precision of ['bf16', 'bf16x3'] as const) {
      const { loss } = run(precision, native())
      expect(loss).not.toBe(exact)
      expect(Math.abs(loss / exact - 1)).toBeLessThan(0.01)
    }
    const few = { steps: 12, evalEvery: 12 }
    const wanted = run('f32', referenceExecutor(), { more: few }).loss
    const rounded = run('bf16', referenceExecutor(), { more: few }).loss
    const split = run('bf16x3', referenceExecutor(), { more: few }).loss
    expect(Math.abs(rounded / wanted - 1)).toBeLessThan(0.01)
    expect(Math.abs(split / wanted - 1)).toBeLessThan(Math.abs(rounded / wanted - 1) / 10)
  })

  it.each(['bf16', 'bf16x3'] as const)(
    '%s resumes and shares work among threads without changing a bit',
    (precision) => {
      const more = { steps: 30, evalEvery: 10, checkpointEvery: 15 }
      const whole = hash(run(precision, native(), { more }).end)
      expect(hash(run(precision, native(2), { more }).end)).toBe(whole)
      const half = run(precision, native(), { more, stop: (event) => event.kind === 'checkpoint' }).end
      expect(hash(half)).not.toBe(whole)
      expect(hash(run(precision, native(), { more, resume: half }).end)).toBe(whole)
    },
  )
})
