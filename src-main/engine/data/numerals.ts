// A built-in data set for translation, with a known rule: an English numeral, a tab, its digits. It is generated with a fixed seed, not stored.
import { randomStream } from '../run/random.ts'

const pairs = 4000
const limit = 10_000
const ones = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'] // prettier-ignore
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']

/** An integer 0..9999 in English: "two hundred and five". */
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
  const order = Array.from({ length: limit }, (_, n) => n)
  // A Fisher-Yates shuffle of all numbers, of which the first are taken, so no number is in both the training and the held-out part.
  for (let i = limit - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const swapped = order[i]!
    order[i] = order[j]!
    order[j] = swapped
  }
  const lines = order.slice(0, pairs).map((n) => `${numeral(n)}\t${n}`)
  return `${lines.join('\n')}\n`
}

let cached: string | undefined

/** 4,000 lines with distinct numbers below 10,000, in words and in digits; generated once and cached. */
export const numeralsText = (): string => (cached ??= generate())
