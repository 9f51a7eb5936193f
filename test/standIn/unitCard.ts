// A unit card of the stand-in: one of every part, of a unit that is low inside quotations.
import type { UnitCard, UnitContext } from '../../src-main/contract/unitCard.ts'

const text = [...'He said "yes (no)". ']

function contextAt(position: number, value: number): UnitContext {
  const tokens = Array.from({ length: 11 }, (_, i) => text[(position + i) % text.length]!)
  return {
    position,
    value,
    start: 0,
    from: position - 5,
    tokens,
    spaces: tokens.map(() => ''),
    values: tokens.map((_, i) => value - Math.abs(i - 5) / 20),
  }
}

/** The card of a unit at a step. */
export function fakeCard(
  at: Pick<UnitCard, 'layer' | 'signal' | 'unit' | 'units' | 'step' | 'offset'>,
): UnitCard {
  const contexts = (value: number) => Array.from({ length: 20 }, (_, i) => contextAt(10 + 40 * i, value))
  const weights = (sign: number) =>
    ['"', '(', 'e', 'é'].map((symbol, i) => ({ symbol, weight: sign * (0.9 - i / 5) }))
  return {
    ...at,
    positions: 20_000,
    sequences: 1,
    split: null,
    mean: 0.1,
    deviation: 0.8,
    histogram: {
      lo: -1,
      hi: 1,
      counts: [5, 1, 3, 2, 1].map((n) => Array.from({ length: 50 }, (_, i) => n * (i % 10))),
    },
    top: contexts(0.95),
    bottom: contexts(-0.95),
    middle: contexts(0),
    intervals: Array.from({ length: 10 }, (_, i) => ({
      lo: -1 + i / 5,
      hi: -0.8 + i / 5,
      share: 0.1,
      contexts: contexts(-0.9 + i / 5).slice(0, 5),
    })),
    autocorrelation: {
      lags: [1, 5, 20, 50],
      unit: [0.98, 0.88, 0.59, 0.24],
      median: [0.48, 0.06, 0.02, NaN],
    },
    gates: [
      { signal: 'i', closed: 0.1, open: 0.7, layer: { closed: [0.1, 0.3], open: [0.7, 0] } },
      { signal: 'f', closed: 0.05, open: 0.5, layer: { closed: [0.05, 0], open: [0.5, 1] } },
    ],
    story: {
      state: 'c',
      signals: ['i', 'f', 'g'],
      symbols: [
        { symbol: '"', role: 'closing', count: 100, step: 7.66, write: 0.8, means: [0.94, 0.01, 0.83] },
        { symbol: '"', role: 'opening', count: 100, step: -2.05, write: -0.75, means: [0.99, 0, -0.76] },
      ],
      sentence: 'closing " writes 0.80 (i 0.94, f 0.01; step 7.66); inside it keeps (f 0.97).',
    },
    outgoing: {
      output: { raises: weights(1), lowers: weights(-1) },
      next: [{ layer: 1, reverse: false, gate: 'i', units: [{ unit: 3, weight: -0.4 }] }],
    },
    similar: {
      here: [{ layer: at.layer, unit: (at.unit + 1) % Math.max(2, at.units), correlation: -0.91 }],
      others: [{ layer: at.layer + 1, unit: 2, correlation: 0.45 }],
    },
  }
}
