// a^n b^n: words of n times a, then n times b, then #, n from 1 to 50. One cell of an LSTM must hold the count; a GRU
// and a tanh network of the same size count less well.
import { randomStream } from '../../src-main/engine/run/random.ts'
import { settingsOf, type Bed } from './bed.ts'
import { bestCorrelation } from './bestUnit.ts'

const longest = 50
const trainLength = 1_000_000
const testLength = 40_000

/** Words one after the other, at least as many characters as asked. */
export function countingWordsText(characters: number): string {
  const random = randomStream({ seed: [0x616e626e, 0], step: 0 }, 1)
  const words: string[] = []
  for (let length = 0; length < characters;) {
    const n = 1 + random.below(longest)
    words.push(`${'a'.repeat(n)}${'b'.repeat(n)}#`)
    length += 2 * n + 1
  }
  return words.join('')
}

export const countingWords: Bed = {
  name: 'counting-words',
  about: 'Words of n times a, n times b and a #: the number of b is that of a.',
  measure(train) {
    const text = countingWordsText(trainLength + testLength)
    const [lstm, gru, rnn] = (['lstm', 'gru', 'rnn'] as const).map((cell, run) => {
      const settings = settingsOf({ cell, hidden: 10 }, { window: 104, steps: 3000 }, 0.01)
      const { model } = train(settings, text.slice(0, trainLength), run)
      const signal = cell === 'lstm' ? 'c' : 'h'
      return bestCorrelation(model, text.slice(trainLength), 'depth("a", "b")', signal)
    })
    return [
      { name: 'LSTM, counting unit of c: |correlation|', measured: lstm!, must: { atLeast: 0.99 } },
      { name: 'LSTM minus GRU (h)', measured: lstm! - gru!, must: { atLeast: 0 } },
      { name: 'GRU minus tanh RNN (h)', measured: gru! - rnn!, must: { atLeast: 0 } },
    ]
  },
}
