// Pairs with a known rule, for learning to translate: an English numeral, a tab, its digits. Generated, always the same; nothing is stored.
import { randomStream } from '../run/random.ts'

const pairs = 4000
const below = 10_000
const ones = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'] // prettier-ignore
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']

/** 0..9999 in English: "two hundred and five". */
export function numeral(n: number): string {
  if (n === 0) return 'zero'
  const small = (m: number): string =>
    m < 20 ? ones[m]! : [tens[Math.floor(m / 10)], ones[m % 10]].filter(Boolean).join('-')
  const parts: string[] = []
  if (n >= 1000) parts.push(`${ones[Math.floor(n / 1000)]} thousand`)
  if (n % 1000 >= 100) parts.push(`${ones[Math.floor((n % 1000) / 100)]} hundred`)
  const rest = n % 100
  if (rest > 0) parts.push(parts.length > 0 ? `and ${small(rest)}` : small(rest))
  return parts.join(' ')
}

function generate(): string {
  const random = randomStream({ seed: [0x6e756d65, 0x72616c73], step: 0 }, 1)
  const order = Array.from({ length: below }, (_, n) => n)
  // A shuffle of all numbers (Fisher and Yates); the first ones are taken, so none stands on both sides of the cut.
  for (let i = below - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
  const lines = order.slice(0, pairs).map((n) => `${numeral(n)}\t${n}`)
  return `${lines.join('\n')}\n`
}

let made: string | undefined

/** 4,000 different numbers below 10,000, in words and in digits; made once, then kept. */
export const numeralsText = (): string => (made ??= generate())
