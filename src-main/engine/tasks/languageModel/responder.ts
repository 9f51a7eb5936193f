// The likeliest next words after a new text, read from a zero state. It reads no data of the run: the vocabulary is that of the checkpoint.
import { unknownWord } from '../../data/vocabulary.ts'
import { largestFirst, probabilities } from '../../generation/sample.ts'
import { input } from '../../graph/ops.ts'
import { classLogits, readout } from '../../nn/ends.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { pool } from '../../nn/pool.ts'
import { traceNetwork, zeroStates } from '../../nn/trace.ts'
import type { CheckpointVocabulary, ConfigOf } from '../defineTask.ts'
import type { TextResponder } from '../textResponder.ts'
import type { TextData } from './data.ts'

/** Words of an answer if the call does not say how many. */
const defaultTop = 10
/** Symbols that are read of a text if the network is not judged on windows. */
const maxRead = 4096

/** The answers of a language model: of a text the last symbols, as many as a window if held-out symbols are predicted from windows. */
export function nextWordResponder(
  { data, train }: ConfigOf<TextData>,
  { vocabulary }: CheckpointVocabulary,
): TextResponder {
  const unknown = vocabulary.indexOf(unknownWord)
  return {
    maxLength: data.context === 'window' ? train.window : maxRead,
    truncate: 'beginning',
    choices: vocabulary.length,
    maxOutput: 0,
    graph(model, weights, { columns, input: steps }) {
      const network = model as SequenceNetwork
      const [x, mask] = [input('ids', [steps, columns]), input('mask', [steps, columns])]
      const trace = traceNetwork(network, weights, x, zeroStates(network, columns), { mask, last: true })
      return {
        logits: classLogits(network, readout(network, weights, pool('last', network, weights, trace))),
      }
    },
    write(executable, texts) {
      const [steps, columns] = executable.program.slots.get('ids')!.shape as [number, number]
      const ids = new Float64Array(steps * columns).fill(-1)
      const mask = new Float64Array(steps * columns)
      texts.forEach((text, b) =>
        text.forEach((id, t) => {
          ids[t * columns + b] = id
          mask[t * columns + b] = 1
        }),
      )
      executable.write('ids', ids)
      executable.write('mask', mask)
    },
    read(executable, texts, { top = defaultTop }) {
      const logits = executable.read('logits')
      const size = vocabulary.length
      return texts.map((_, b) => {
        const scores = Array.from({ length: size }, (_, id) => (id === unknown ? -Infinity : logits[b * size + id]!)) // prettier-ignore
        const p = probabilities(scores, 1)
        const ids = largestFirst(p, Math.min(top, size - (unknown < 0 ? 0 : 1)))
        return { kind: 'next', words: ids.map((id) => ({ name: vocabulary[id]!, probability: p[id]! })) }
      })
    },
  }
}
