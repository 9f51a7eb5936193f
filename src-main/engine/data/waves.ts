// A built-in numeric series as comma-separated values: a daily and a weekly wave and autocorrelated noise. It is generated with a fixed
// seed, not stored.
import { randomStream } from '../run/random.ts'

const hours = 4000

function generate(): string {
  const random = randomStream({ seed: [0x77617665, 0x73657269], step: 0 }, 1)
  const wave = (t: number, period: number) => Math.sin((2 * Math.PI * t) / period)
  let noise = 0
  const lines = Array.from({ length: hours }, (_, t) => {
    noise = 0.8 * noise + 0.4 * random.normal()
    return `${t},${(12 + 4 * wave(t, 24) + 2 * wave(t, 168) + noise).toFixed(2)}`
  })
  return `hour,value\n${lines.join('\n')}\n`
}

let cached: string | undefined

/** A header and 4,000 lines of hour and value; generated once and cached. */
export const wavesText = (): string => (cached ??= generate())
