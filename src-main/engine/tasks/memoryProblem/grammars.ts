// Strings of known grammars with the set of legal symbols at every step: Reber's automaton and its embedding, brackets, a^n b^n.
import type { randomStream } from '../../run/random.ts'
import type { Example } from '../examples/example.ts'

type Random = ReturnType<typeof randomStream>

/** The alphabet of Reber's grammar in the order of ids. */
export const reberSymbols = ['B', 'T', 'P', 'S', 'X', 'V', 'E'] as const
/** Longer strings are rejected and drawn again, about one in ten thousand. */
export const maxReberLength = 32

/** Transitions of the automaton after `B` (Reber 1967), by state: symbol and next state; state 5 is final, followed by `E`. */
const reberTransitions: readonly (readonly [symbol: string, to: number])[][] = [
  [['T', 1], ['P', 2]],
  [['S', 1], ['X', 3]],
  [['T', 2], ['V', 4]],
  [['X', 2], ['S', 5]],
  [['P', 3], ['V', 5]],
] // prettier-ignore
const reberEnd = 5

interface Step {
  symbol: string
  /** Symbols that the grammar allows at this step. */
  legal: readonly string[]
}

function reberString(random: Random): Step[] {
  const steps: Step[] = [{ symbol: 'B', legal: ['B'] }]
  for (let state = 0; state !== reberEnd;) {
    const arrows = reberTransitions[state]!
    const [symbol, to] = arrows[random.below(2)]!
    steps.push({ symbol, legal: arrows.map(([s]) => s) })
    state = to
  }
  steps.push({ symbol: 'E', legal: ['E'] })
  return steps
}

/** B, a choice of T or P, a Reber string, the same choice again, E: the choice must be remembered (Hochreiter & Schmidhuber 1997). */
function embeddedString(random: Random): Step[] {
  const choice = random.below(2) === 0 ? 'T' : 'P'
  return [
    { symbol: 'B', legal: ['B'] },
    { symbol: choice, legal: ['T', 'P'] },
    ...reberString(random),
    { symbol: choice, legal: [choice] },
    { symbol: 'E', legal: ['E'] },
  ]
}

/** An example of predicting the next symbol: the input is all but the last symbol, the answer all but the first. */
function nextSymbols(steps: readonly Step[], symbols: readonly string[]): Example {
  const id = new Map(symbols.map((symbol, i) => [symbol, i]))
  const ids = steps.map(({ symbol }) => id.get(symbol)!)
  const bits = steps.map(({ legal }) => legal.reduce((set, s) => set | (1 << id.get(s)!), 0))
  return { input: ids.slice(0, -1), answer: ids.slice(1), legal: bits.slice(1) }
}

/** Draws a string of Reber's grammar, or of its embedding, of at most `maxReberLength` symbols. */
export function drawReber(random: Random, embedded: boolean): Example {
  for (;;) {
    const steps = embedded ? embeddedString(random) : reberString(random)
    if (steps.length <= maxReberLength) return nextSymbols(steps, reberSymbols)
  }
}

const opening = '([{<'
const closing = ')]}>'

/** The alphabet: `#`, which begins and ends a string, then `kinds` opening and `kinds` closing brackets. */
export const dyckSymbols = (kinds: number): string[] => [
  '#',
  ...opening.slice(0, kinds),
  ...closing.slice(0, kinds),
]

/**
 * Draws balanced brackets (Dyck language) of at most `depth` levels and `length` brackets. At depth 0 the string ends with probability 1/4;
 * between 0 and `depth` it opens or closes with equal probability; kinds are uniform. Strings of more than `length` brackets are drawn again.
 */
export function drawDyck(random: Random, kinds: number, depth: number, length: number): Example {
  const symbols = dyckSymbols(kinds)
  const opens = symbols.slice(1, 1 + kinds)
  for (;;) {
    const steps: Step[] = [{ symbol: '#', legal: ['#'] }]
    const open: number[] = []
    while (steps.length <= length + 1) {
      const last = open.at(-1)
      const close = last === undefined ? '#' : symbols[1 + kinds + last]!
      // The first symbol is an opening bracket: the empty string is excluded.
      const mayClose = steps.length > 1
      const mayOpen = open.length < depth
      const legal = [...(mayClose ? [close] : []), ...(mayOpen ? opens : [])]
      const closes = mayClose && (!mayOpen || random.below(4) < (last === undefined ? 1 : 2))
      if (closes) {
        steps.push({ symbol: close, legal })
        if (open.pop() === undefined) return nextSymbols(steps, symbols)
      } else {
        const kind = random.below(kinds)
        open.push(kind)
        steps.push({ symbol: opens[kind]!, legal })
      }
    }
  }
}

/**
 * Threshold of probability above which a symbol counts as predicted legal. It is below the smallest probability of a legal symbol, 1/(2
 * kinds) or 1/4. Near the maximum length opening brackets are rarer, since longer strings are rejected, so even the true distribution
 * misses the legal set at 2.5 % of the positions for 20 brackets and at 0.05 % for 100 (two kinds, depth 4).
 */
export const dyckThreshold = (kinds: number): number => 0.15 / kinds

export const countingSymbols = ['#', 'a', 'b'] as const

/** The string `#` a^n b^n `#`; after the first b every symbol is determined. */
export function countingExample(n: number): Example {
  const steps: Step[] = [
    { symbol: '#', legal: ['#'] },
    ...Array.from({ length: n }, (_, i) => ({ symbol: 'a', legal: i === 0 ? ['a'] : ['a', 'b'] })),
    ...Array.from({ length: n }, (_, i) => ({ symbol: 'b', legal: i === 0 ? ['a', 'b'] : ['b'] })),
    { symbol: '#', legal: ['#'] },
  ]
  return nextSymbols(steps, countingSymbols)
}
