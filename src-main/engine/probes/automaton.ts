// A finite automaton from a network that predicts the next symbol: its states are clustered by k-means for each number of clusters, and the
// smallest number whose machine predicts what the network predicts is chosen. Made from the first half of a text, judged on the second.
import { UnrollError } from '../../contract/errors.ts'
import type { AutomatonOfNetwork, AutomatonState, ClusterCount } from '../../contract/analyses.ts'
import { seedWords } from '../nn/initialise.ts'
import { randomStream } from '../run/random.ts'
import { kMeans, nearestCentre } from './kMeans.ts'
import { predictsNext, refuseNonText, sequenceOf, type TrainedModel } from './model.ts'
import { recordSets, type SequenceStates } from './nextSets.ts'
import { sequencesOf } from './sequences.ts'
import { layersOf, unitsOf } from './signalRows.ts'
import { signalOf } from './signals.ts'
import {
  acceptanceOf,
  determinismOf,
  fidelityOf,
  machineOf,
  minimalClasses,
  type StateMachine,
} from './stateMachine.ts'

/** A machine with at least this fidelity is faithful. */
const wantedFidelity = 0.99
/** Positions that k-means reads, evenly spread. */
const maxPoints = 2000
const positionsPerState = 5

/** Options of an extraction. */
export interface AutomatonOptions {
  text: string
  signal: string
  layer?: number | undefined
  threshold: number
  maxClusters: number
  seed: number
}

/**
 * Extracts an automaton. Throws E_ARG for runs that do not predict the next symbol, unknown signals, layers and symbols, and texts that are too
 * short; E_TOO_LARGE for long texts of many units.
 */
export function extractAutomaton(
  model: TrainedModel,
  { text, signal, layer, threshold, maxClusters, seed }: AutomatonOptions,
): AutomatonOfNetwork {
  refuseNonText(model, 'automaton')
  if (!predictsNext(model))
    throw refuse('id', 'this run does not predict the next symbol. Choose one that does.')
  const network = sequenceOf(model)
  const { id } = signalOf(network, signal)
  const layers = layersOf(network, layer)
  const size = unitsOf(network, layers).length
  const sequences = sequencesOf(model, text)
  const recorded = recordSets(model, sequences, id, layers, threshold)
  const [made, judged] = halvesOf(recorded, size)
  const points = pointsOf(made, size)
  const most = Math.min(maxClusters, points.length / size)
  if (most < 2 || judged.every(({ ids }) => ids.length < 2))
    throw refuse('text', 'too short to make an automaton from one half and judge it on the other.')
  const machines = Array.from({ length: most - 1 }, (_, i) => {
    const clusters = i + 2
    const random = randomStream({ seed: seedWords(seed), step: clusters }, 0x6175746f)
    const centres = kMeans(points, size, clusters, random)
    const machine = machineOf(clusteredBy(centres, made, size), clusters, model.vocabulary.length)
    const classes = minimalClasses(machine)
    const read = clusteredBy(centres, judged, size)
    const { asRead, corrupted } = acceptanceOf(machine, read, random)
    const counts: ClusterCount = {
      clusters,
      determinism: determinismOf(machine),
      fidelity: fidelityOf(machine, read),
      acceptsHeldOut: asRead,
      acceptsCorrupted: corrupted,
      minimalStates: new Set(classes).size,
    }
    return { counts, centres, machine, classes }
  })
  const faithful = machines.find(({ counts }) => counts.fidelity >= wantedFidelity)
  const chosen = faithful ?? machines.reduce((a, b) => (b.counts.fidelity > a.counts.fidelity ? b : a))
  const { machine } = chosen
  const starts = recorded.map((_, i) => recorded.slice(0, i).reduce((sum, { ids }) => sum + ids.length, 0))
  return {
    signal: id,
    threshold,
    counts: machines.map(({ counts }) => counts),
    clusters: machine.states,
    faithful: faithful !== undefined,
    ...linkedToText(recorded, chosen.centres, size),
    states: statesOf(model, recorded, size, chosen),
    transitions: machine.transitions.map(({ symbol, count, total, ...ends }) => ({
      ...ends,
      symbol: model.vocabulary[symbol]!,
      count,
      share: count / total,
    })),
    tokens: sequences.flatMap(({ tokens }) => tokens),
    sequenceStarts: Int32Array.from(starts),
    seed,
    step: model.step,
  }
}

const refuse = (path: string, message: string) => new UnrollError('E_ARG', `${path}: ${message}`, { path })

/** The first and the second half: of the sequences, or of the positions of a single one. Positions before `first` are left out. */
function halvesOf(recorded: readonly SequenceStates[], size: number): [SequenceStates[], SequenceStates[]] {
  const part = ({ ids, sets, values }: SequenceStates, from: number, to: number): SequenceStates => ({
    ids: ids.slice(from, to),
    sets: sets.slice(from, to),
    values: values.subarray(from * size, to * size),
    first: 0,
  })
  const counted = recorded.map((one) => part(one, one.first, one.ids.length))
  if (counted.length > 1) {
    const middle = Math.ceil(counted.length / 2)
    return [counted.slice(0, middle), counted.slice(middle)]
  }
  const [only] = counted as [SequenceStates]
  const middle = Math.ceil(only.ids.length / 2)
  return [[part(only, 0, middle)], [part(only, middle, only.ids.length)]]
}

/** At most `maxPoints` states (count, size), evenly spread over the sequences. */
function pointsOf(sequences: readonly SequenceStates[], size: number): Float32Array {
  const rows = sequences.flatMap(({ values }) =>
    Array.from({ length: values.length / size }, (_, t) => values.subarray(t * size, (t + 1) * size)),
  )
  const step = Math.max(1, rows.length / maxPoints)
  const count = Math.min(rows.length, maxPoints)
  const points = new Float32Array(count * size)
  for (let i = 0; i < count; i++) points.set(rows[Math.floor(i * step)]!, i * size)
  return points
}

const clusteredBy = (centres: Float64Array, sequences: readonly SequenceStates[], size: number) =>
  sequences.map(({ ids, sets, values, first }) => ({
    ids,
    sets,
    first,
    clusters: Int32Array.from(ids, (_, t) => nearestCentre(values, t * size, centres, size).centre),
  }))

/** The cluster of each position of the whole text. */
function linkedToText(recorded: readonly SequenceStates[], centres: Float64Array, size: number) {
  const clusters = clusteredBy(centres, recorded, size).flatMap((one) => [...one.clusters])
  return { clusterOf: Int32Array.from(clusters) }
}

function statesOf(
  { vocabulary }: TrainedModel,
  recorded: readonly SequenceStates[],
  size: number,
  { centres, machine, classes }: { centres: Float64Array; machine: StateMachine; classes: Int32Array },
): AutomatonState[] {
  const members = Array.from({ length: machine.states }, (): { position: number; distance: number }[] => [])
  let position = 0
  for (const { ids, values } of recorded)
    for (let t = 0; t < ids.length; t++, position++) {
      const { centre, distance } = nearestCentre(values, t * size, centres, size)
      members[centre]!.push({ position, distance })
    }
  return members.map((own, state) => ({
    positions: own.length,
    nextSymbols: machine.sets[state]!.split(',')
      .filter(Boolean)
      .map((id) => vocabulary[Number(id)]!),
    minimal: classes[state]!,
    nearest: own
      .sort((a, b) => a.distance - b.distance || a.position - b.position)
      .slice(0, positionsPerState)
      .map((near) => ({ ...near, distance: Math.sqrt(near.distance) })),
  }))
}
