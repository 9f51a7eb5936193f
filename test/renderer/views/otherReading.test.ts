// The second pane: which unit matches, which colour range both share, and when positions mean the same in both.
import { expect, it } from 'vitest'
import type { TextSignals } from '@contract/inspect.ts'
import { bestMatch, openedOther, sameSymbols, sharedReach, textOf } from '@/views/neurons/otherReading.ts'

/** Columns of values, one per unit, over as many symbols. */
function reading(columns: readonly (readonly number[])[], tokens?: string[]): TextSignals {
  const length = columns[0]!.length
  const values = new Float32Array(length * columns.length)
  columns.forEach((column, u) => column.forEach((value, t) => (values[t * columns.length + u] = value)))
  const symbols = tokens ?? Array.from({ length }, () => 'a')
  return {
    values,
    units: columns.length,
    tokens: symbols,
    spaces: symbols.map(() => ''),
  } as unknown as TextSignals
}
const wave = (phase: number, length = 200) => Array.from({ length }, (_, t) => Math.sin(t / 5 + phase))

it('opens on the checkpoint before the one shown, else on another one, else on another signal', () => {
  const shown = { layer: 1, signal: 'c', step: 200 }
  const kept = (...steps: number[]) => steps.map((step) => ({ step, missing: step === 150 }))
  const signals = [{ id: 'c' }, { id: 'h' }]
  const opened = (...steps: number[]) => openedOther(shown, kept(...steps), signals)
  expect(opened(100, 300, 150, 200, 50)).toEqual({ run: '', step: 100, layer: 1, signal: '', unit: null })
  expect(opened(200, 400, 300)).toMatchObject({ step: 300, signal: '' })
  expect(opened(200, 150)).toMatchObject({ step: null, signal: 'h' })
})

it('finds the unit of the largest |correlation|, signed, as plain sums do', () => {
  const a = reading([wave(1), wave(0)])
  const flipped = wave(0.2).map((value) => 3 - 2 * value)
  const b = reading([wave(1.3), flipped, wave(0).map(() => 7)])
  const found = bestMatch(a, 1, b)!
  expect(found.unit).toBe(1)
  const [x, y] = [wave(0), flipped]
  const mean = (of: number[]) => of.reduce((sum, value) => sum + value, 0) / of.length
  const cov = (p: number[], q: number[]) => mean(p.map((value, i) => (value - mean(p)) * (q[i]! - mean(q))))
  expect(found.correlation).toBeCloseTo(cov(x, y) / Math.sqrt(cov(x, x) * cov(y, y)), 5)
  expect(found.correlation).toBeLessThan(-0.9)
  expect(bestMatch(reading([wave(0).map(() => 1)]), 0, b)).toBeNull()
})

it('correlates long texts over evenly spread positions', () => {
  const long = (phase: number) => wave(phase, 50_000)
  expect(bestMatch(reading([long(0)]), 0, reading([long(2), long(0)]))!.unit).toBe(1)
})

it('shares the larger range between signals without bounds only', () => {
  expect(sharedReach({ kind: 'free', hi: 3 }, { kind: 'free', hi: 8 })).toBe(8)
  expect(sharedReach({ kind: 'free', hi: 3 }, { kind: 'gate', hi: 1 })).toBeNull()
  expect(sharedReach({ kind: 'free', hi: NaN }, { kind: 'free', hi: 8 })).toBeNull()
})

it('reads the text again as it was, and links only the same symbols', () => {
  expect(textOf({ tokens: ['Go', 'on', '\n'], spaces: ['', ' ', ''] })).toBe('Go on\n')
  const of = (tokens: string[]) => reading([tokens.map(() => 0)], tokens)
  expect(sameSymbols(of(['a', 'b']), of(['a', 'b']))).toBe(true)
  expect(sameSymbols(of(['a', 'b']), of(['a', 'c']))).toBe(false)
  expect(sameSymbols(of(['a', 'b']), of(['a']))).toBe(false)
})
