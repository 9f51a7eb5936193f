// Shuffles examples in the same order at every import, so that the same file gives the same data set.
import { randomStream } from '../run/random.ts'

/** A copy in a random order that depends on the length alone. */
export function shuffled<T>(list: readonly T[]): T[] {
  const chance = randomStream({ seed: [0x73687566, 0], step: list.length }, 0x696d7074)
  const out = [...list]
  for (let i = out.length - 1; i > 0; i--) {
    const other = chance.below(i + 1)
    const one = out[i]!
    out[i] = out[other]!
    out[other] = one
  }
  return out
}
