// A finite automaton from clustered states of a network: the majority transition of each cluster and symbol, the most frequent set of next
// symbols of each cluster, and how far the machine agrees with the network on text that it was not made from.
import type { randomStream } from '../run/random.ts'
import { minimise } from './minimise.ts'

/** One sequence as the network read it: symbols, clusters after each, and the set of next symbols that the network predicts there. */
export interface ReadSequence {
  ids: Int32Array
  clusters: Int32Array
  /** Ids joined by commas, ascending. */
  sets: readonly string[]
  /** Positions before this one are not counted. */
  first: number
}

export interface Transition {
  from: number
  symbol: number
  to: number
  /** How often the symbol led from `from` to `to`, and how often it was read in `from`. */
  count: number
  total: number
}

export interface StateMachine {
  states: number
  /** The majority transitions. */
  transitions: Transition[]
  /** `next.get(from * symbols + symbol)`. */
  next: ReadonlyMap<number, number>
  sets: string[]
  symbols: number
}

const largestOf = <K>(counts: ReadonlyMap<K, number>): [K, number] =>
  [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))
const increase = <K>(counts: Map<K, number>, key: K) => counts.set(key, (counts.get(key) ?? 0) + 1)

/** The machine of `states` clusters, from sequences over `symbols` symbols. */
export function machineOf(read: readonly ReadSequence[], states: number, symbols: number): StateMachine {
  const targets = new Map<number, Map<number, number>>()
  const predicted = Array.from({ length: states }, () => new Map<string, number>())
  for (const { ids, clusters, sets, first } of read) {
    for (let t = first; t < ids.length; t++) {
      increase(predicted[clusters[t]!]!, sets[t]!)
      if (t === first) continue
      const key = clusters[t - 1]! * symbols + ids[t]!
      if (!targets.has(key)) targets.set(key, new Map())
      increase(targets.get(key)!, clusters[t]!)
    }
  }
  const transitions = [...targets]
    .sort(([a], [b]) => a - b)
    .map(([key, counts]): Transition => {
      const [to, count] = largestOf(counts)
      const total = counts.values().reduce((sum, n) => sum + n, 0)
      return { from: Math.floor(key / symbols), symbol: key % symbols, to, count, total }
    })
  return {
    states,
    transitions,
    next: new Map(transitions.map(({ from, symbol, to }) => [from * symbols + symbol, to])),
    sets: predicted.map((counts) => (counts.size === 0 ? '' : largestOf(counts)[0])),
    symbols,
  }
}

/** The share of transitions that the majority transitions describe; 1: the clusters are a deterministic automaton. */
export function determinismOf({ transitions }: StateMachine): number {
  const [count, total] = [0, 1].map((i) =>
    transitions.reduce((sum, t) => sum + (i === 0 ? t.count : t.total), 0),
  ) as [number, number]
  return total === 0 ? NaN : count / total
}

/**
 * The share of positions at which the machine, which goes its own way from the first state of each sequence, predicts the same set of next
 * symbols as the network. Where it has no transition it disagrees, and goes on from the network's state.
 */
export function fidelityOf(machine: StateMachine, read: readonly ReadSequence[]): number {
  let [agreed, total] = [0, 0]
  for (const { ids, clusters, sets, first } of read) {
    let state = clusters[first]!
    for (let t = first; t < ids.length; t++) {
      const to = t === first ? state : machine.next.get(state * machine.symbols + ids[t]!)
      state = to ?? clusters[t]!
      total++
      if (to !== undefined && machine.sets[state] === sets[t]) agreed++
    }
  }
  return total === 0 ? NaN : agreed / total
}

/** Whether every symbol after the first is in the set that the machine predicts before it. */
function accepts(machine: StateMachine, ids: ArrayLike<number>, start: number): boolean {
  let state = start
  for (let t = 1; t < ids.length; t++) {
    if (!machine.sets[state]!.split(',').includes(String(ids[t]))) return false
    const to = machine.next.get(state * machine.symbols + ids[t]!)
    if (to === undefined) return false
    state = to
  }
  return true
}

const windowLength = 30

/**
 * The shares of strings that the machine accepts: as they are, and with one symbol after the first replaced by another one at random. Strings
 * are the sequences, or windows of 30 symbols of longer ones, which begin in the network's state.
 */
export function acceptanceOf(
  machine: StateMachine,
  read: readonly ReadSequence[],
  random: ReturnType<typeof randomStream>,
): { asRead: number; corrupted: number } {
  const strings = read
    .flatMap(({ ids, clusters, first }) => {
      const starts = Array.from(
        { length: Math.ceil((ids.length - first) / windowLength) },
        (_, i) => first + i * windowLength,
      )
      return starts.map((from) => ({ ids: ids.slice(from, from + windowLength), start: clusters[from]! }))
    })
    .filter(({ ids }) => ids.length > 1)
  let [asRead, corrupted] = [0, 0]
  for (const { ids, start } of strings) {
    if (accepts(machine, ids, start)) asRead++
    const at = 1 + random.below(ids.length - 1)
    const other = random.below(machine.symbols - 1)
    if (accepts(machine, ids.with(at, other >= ids[at]! ? other + 1 : other), start)) corrupted++
  }
  return { asRead: asRead / strings.length, corrupted: corrupted / strings.length }
}

/** The class of each state in the minimal automaton. Only symbols of a state's set count as its transitions. */
export function minimalClasses({ states, symbols, next, sets }: StateMachine): Int32Array {
  const used = [...new Set(sets.flatMap((set) => set.split(',').filter(Boolean).map(Number)))]
  const sink = states
  const row = (state: number) => {
    const own = new Set(sets[state]!.split(','))
    return used.map((symbol) =>
      own.has(String(symbol)) ? (next.get(state * symbols + symbol) ?? sink) : sink,
    )
  }
  const rows = Array.from({ length: states }, (_, state) => row(state))
  return minimise({ next: [...rows, used.map(() => sink)], output: [...sets, 'no state'] }).subarray(
    0,
    states,
  )
}
