// One sentence about the gates of a unit, written from its numbers. No words but those that a number stands behind.
import type { SymbolStep } from '../../contract/unitCard.ts'

/** Means between the symbols that move the state most. */
export interface MeansBetween {
  name: 'inside' | 'outside' | 'elsewhere'
  /** Mean |step|. */
  change: number
  means: number[]
}

export interface StoryNumbers {
  state: string
  /** Ids of the signals of `means`. */
  signals: readonly string[]
  /** Those of them that are gates. */
  gates: readonly string[]
  writers: readonly SymbolStep[]
  between: readonly MeansBetween[]
}

/** Below this share of the largest step the state counts as kept. */
const kept = 0.1

const number = (value: number): string => (Object.is(Number(value.toFixed(2)), -0) ? 0 : value).toFixed(2)
const names: Readonly<Record<string, string>> = {
  ' ': 'space',
  '\n': 'line break',
  '\t': 'tab',
  '\r\n': 'line break',
}
/** A symbol as a word of the sentence, with its role if it opens or closes. */
const nameOf = ({ symbol, role }: SymbolStep): string =>
  [role, names[symbol] ?? (role ? symbol : `"${symbol}"`)].filter(Boolean).join(' ')

/** Such as `opening " writes -0.76 (i 0.99, f 0.00; step -2.05); inside it keeps (f 0.97), outside f 0.71.` */
export function storySentence({ state, signals, gates: all, writers, between }: StoryNumbers): string {
  if (writers.length === 0) return `No symbol of this text changes ${state}.`
  const largest = Math.abs(writers[0]!.step)
  const at = (means: readonly number[], id: string) => means[signals.indexOf(id)]!
  // The output gate reads the state and does not write it.
  const gates = all.filter((id) => id !== 'o')
  const gatesAt = (means: readonly number[], which: readonly string[]) =>
    which.map((id) => `${id} ${number(at(means, id))}`).join(', ')
  const keepers = gates.includes('f') ? ['f'] : gates

  const written = writers.map((writer) => {
    const { step, write, means } = writer
    if (gates.length === 0) return `${nameOf(writer)} moves ${state} by ${number(step)} on average`
    const shown = gatesAt(means, gates)
    return write === null
      ? `${nameOf(writer)} moves ${state} by ${number(step)} (${shown})`
      : `${nameOf(writer)} writes ${number(write)} (${shown}; step ${number(step)})`
  })
  const rest = between.map(({ name, change, means }) => {
    const verb = change < kept * largest ? 'it keeps' : `it changes by ${number(change)} per symbol`
    return `${name} ${verb}${keepers.length > 0 ? ` (${gatesAt(means, keepers)})` : ''}`
  })
  return `${[...written, ...rest].join('; ')}.`
}
