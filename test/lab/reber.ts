// Reber's grammar: strings of an automaton with seven states, one after the other. The network must be that automaton.
import { extractAutomaton } from '../../src-main/engine/probes/automaton.ts'
import { reberStrings } from '../engine/probes/reberRun.ts'
import { settingsOf, type Bed } from './bed.ts'

const options = { signal: 'h', threshold: 0.3, maxClusters: 20, seed: 1 }

export const reber: Bed = {
  name: 'reber',
  about: "Strings of Reber's grammar, which has seven states.",
  measure(train) {
    const { model } = train(
      settingsOf({ hidden: 16, input: 'onehot' }, { window: 32, steps: 600 }, 0.01),
      reberStrings(20_000, 1).join(''),
    )
    const { clusters, counts } = extractAutomaton(model, { ...options, text: reberStrings(700, 2).join('') })
    const found = counts.find((one) => one.clusters === clusters)!
    return [
      {
        name: 'states of the smallest machine',
        measured: found.minimalStates,
        must: { atLeast: 7, atMost: 7 },
      },
      { name: 'determinism of its transitions', measured: found.determinism, must: { atLeast: 0.999 } },
      {
        name: 'agreement with the network on the next symbols',
        measured: found.fidelity,
        must: { atLeast: 0.99 },
      },
    ]
  },
}
