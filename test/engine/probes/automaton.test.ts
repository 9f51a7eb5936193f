// The automaton of a network that learnt Reber's grammar has seven states; its parts against plain enumerations.
import { beforeAll, describe, expect, it } from 'vitest'
import { extractAutomaton } from '../../../src-main/engine/probes/automaton.ts'
import { kMeans, nearestCentre } from '../../../src-main/engine/probes/kMeans.ts'
import { minimise, type Automaton } from '../../../src-main/engine/probes/minimise.ts'
import type { TrainedModel } from '../../../src-main/engine/probes/model.ts'
import { fidelityOf, machineOf, determinismOf } from '../../../src-main/engine/probes/stateMachine.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'
import { reberProblem, reberStream, reberStrings } from './reberRun.ts'
import { model, text } from './trainedModel.ts'

const options = { signal: 'h', threshold: 0.3, maxClusters: 12, seed: 1 }

describe("the automaton of a network that learnt Reber's grammar", () => {
  let reber: TrainedModel
  beforeAll(() => (reber = reberStream()))

  it('has exactly 7 states, each with the symbols of the grammar', () => {
    const found = extractAutomaton(reber, { ...options, text: reberStrings(700, 2).join('') })
    const [six, seven] = [6, 7].map((k) => found.counts.find(({ clusters }) => clusters === k)!)
    expect([found.clusters, found.faithful]).toEqual([7, true])
    expect(seven).toMatchObject({ determinism: 1, minimalStates: 7, acceptsHeldOut: 1 })
    expect(seven!.fidelity).toBeGreaterThan(0.999)
    expect(seven!.acceptsCorrupted).toBeLessThan(0.01)
    expect(six!.fidelity).toBeLessThan(0.99)
    const sets = found.states.map(({ nextSymbols }) => [...nextSymbols].sort().join('')).sort()
    expect(sets).toEqual(['B', 'E', 'PT', 'PV', 'SX', 'SX', 'TV'])
    // The machine written out is the grammar: from the state after B, the grammar's own strings lead through its states.
    const after = (state: number, symbol: string) =>
      found.transitions.find((t) => t.from === state && t.symbol === symbol)!.to
    const start = found.states.findIndex(({ nextSymbols }) => [...nextSymbols].sort().join('') === 'PT')
    for (const string of reberStrings(50, 9)) {
      let state = start
      for (const symbol of string.slice(1)) {
        expect(found.states[state]!.nextSymbols).toContain(symbol)
        state = after(state, symbol)
      }
      expect(found.states[state]!.nextSymbols).toEqual(['B'])
    }
  })

  it('is linked to the text: the cluster of each position and the positions nearest to each centre', () => {
    const strings = reberStrings(300, 4).join('')
    const found = extractAutomaton(reber, { ...options, text: strings })
    expect(found.tokens.join('')).toBe(strings)
    expect([...found.sequenceStarts]).toEqual([0])
    expect(found.clusterOf).toHaveLength(found.tokens.length)
    found.states.forEach(({ positions, nearest }, state) => {
      expect(positions).toBe([...found.clusterOf].filter((c) => c === state).length)
      for (const { position } of nearest) expect(found.clusterOf[position]).toBe(state)
    })
    // The same state always reads the same last symbols: all positions of "after E" end a string.
    const end = found.states.findIndex(({ nextSymbols }) => nextSymbols.join('') === 'B')
    // But at the first symbols, whose states the training never saw.
    found.clusterOf
      .slice(100)
      .forEach((cluster, t) => expect(cluster === end).toBe(found.tokens[100 + t] === 'E'))
  })

  it('is the same for the same seed', () => {
    const once = () =>
      extractAutomaton(reber, { ...options, maxClusters: 7, text: reberStrings(200, 5).join('') })
    expect(once()).toEqual(once())
  })
})

describe('the automaton of a memory problem on separate strings', () => {
  it('has the 6 states before the end, and reads every line from the zero state', () => {
    const strings = reberStrings(500, 2).map((string) => string.slice(0, -1))
    const found = extractAutomaton(reberProblem(), { ...options, text: strings.join('\n') })
    expect([found.clusters, found.faithful]).toEqual([6, true])
    expect(found.counts[4]).toMatchObject({
      clusters: 6,
      determinism: 1,
      fidelity: 1,
      acceptsHeldOut: 1,
      minimalStates: 6,
    })
    expect(found.sequenceStarts).toHaveLength(500)
    expect(found.tokens.join('')).toBe(strings.join(''))
    const first = found.clusterOf[0]
    for (const start of found.sequenceStarts) expect(found.clusterOf[start]).toBe(first)
  })
})

describe('an extraction', () => {
  it('says when no machine is faithful, and refuses short texts and unknown layers', () => {
    const found = extractAutomaton(model, { ...options, maxClusters: 3, text, threshold: 0.05 })
    expect(found.faithful).toBe(false)
    expect(found.counts.map(({ fidelity }) => fidelity)).toContain(
      Math.max(...found.counts.map(({ fidelity }) => fidelity)),
    )
    expect(() => extractAutomaton(model, { ...options, text: 'we' })).toThrow(/text: too short/)
    expect(() => extractAutomaton(model, { ...options, text, layer: 2 })).toThrow(/layer: 2/)
  })
})

describe('k-means', () => {
  it('finds well separated groups', () => {
    const random = randomStream({ seed: [8, 0], step: 0 }, 1)
    const truth = [
      [0, 0],
      [4, 0],
      [0, 4],
      [9, 9],
    ]
    const points = Float32Array.from(
      { length: 400 },
      (_, i) => truth[(i >> 1) % 4]![i % 2]! + 0.3 * random.normal(),
    )
    const centres = kMeans(points, 2, 4, random)
    const owners = Array.from({ length: 200 }, (_, p) => nearestCentre(points, p * 2, centres, 2).centre)
    owners.forEach((owner, p) => expect(owner).toBe(owners[p % 4]))
    expect(new Set(owners).size).toBe(4)
  })
})

describe('minimisation', () => {
  /** Classes by comparing the outputs of all words up to a length. */
  const byWords = ({ next, output }: Automaton, length: number) => {
    const words = (n: number): number[][] =>
      n === 0 ? [[]] : words(n - 1).flatMap((w) => [w, ...next[0]!.map((_, s) => [...w, s])])
    const seen = next.map((_, state) =>
      words(length)
        .map((word) => output[word.reduce((s, symbol) => next[s]![symbol]!, state)])
        .join(),
    )
    return seen.map((outputs) => seen.indexOf(outputs))
  }
  it('puts states into one class if and only if no word tells them apart', () => {
    const random = randomStream({ seed: [3, 0], step: 0 }, 1)
    for (let trial = 0; trial < 60; trial++) {
      const states = 2 + random.below(7)
      const automaton = {
        next: Array.from({ length: states }, () => [random.below(states), random.below(states)]),
        output: Array.from({ length: states }, () => String(random.below(2))),
      }
      const classes = minimise(automaton)
      const expected = byWords(automaton, states)
      for (let a = 0; a < states; a++)
        for (let b = 0; b < states; b++) expect(classes[a] === classes[b]).toBe(expected[a] === expected[b])
    }
  })
})

describe('a machine', () => {
  it('counts majority transitions, and follows its own way in the held-out text', () => {
    const read = (ids: number[], clusters: number[], sets: string[]) => ({
      ids: Int32Array.from(ids),
      clusters: Int32Array.from(clusters),
      sets,
      first: 0,
    })
    const machine = machineOf(
      [read([0, 1, 0, 1, 0, 1], [0, 1, 0, 1, 0, 0], ['1', '0', '1', '0', '1', '1'])],
      2,
      2,
    )
    expect(machine.transitions).toEqual([
      { from: 0, symbol: 1, to: 1, count: 2, total: 3 },
      { from: 1, symbol: 0, to: 0, count: 2, total: 2 },
    ])
    expect(determinismOf(machine)).toBeCloseTo(4 / 5, 12)
    expect(fidelityOf(machine, [read([0, 1, 0, 1], [0, 1, 0, 1], ['1', '0', '1', '0'])])).toBe(1)
    // The second step has no transition, the last set differs.
    expect(fidelityOf(machine, [read([0, 0, 1, 0], [0, 0, 1, 0], ['1', '1', '0', '0'])])).toBe(0.5)
  })
})
