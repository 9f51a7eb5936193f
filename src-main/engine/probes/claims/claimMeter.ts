// Tests claims on a network: reads a piece of held-out text once and measures the AUC of every claim. Which claims can be tested, and the
// labels of their predicates, depend on network and text alone and are found once; the weights are those of the executable.
import type { Claim, ClaimResult } from '../../../contract/claim.ts'
import { UnrollError } from '../../../contract/errors.ts'
import { parsePredicate } from '../../../contract/predicate/parse.ts'
import type { SharedArena } from '../../compile/compile.ts'
import type { Program } from '../../compile/program.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import type { Weights } from '../../nn/weights.ts'
import type { Executable } from '../../run/executor.ts'
import type { EncodedSequence } from '../inspectedSequences.ts'
import { valuesOf } from '../predicates/overSequences.ts'
import { cutOf, halvesOf } from '../unitSearch/halves.ts'
import { aucOf, screenLabels, type ScreenLabels } from '../unitSearch/screen.ts'
import { bestUnit, columnOf, type UnitValues } from './bestUnit.ts'
import { claimProgram, readRows, type RecordedSignal } from './claimProgram.ts'
import { claimLayout } from './claimText.ts'

/** A claim that can be tested: where its values are, and its labels at the counted positions. */
interface Tested {
  claim: Claim
  /** Index of its signal. */
  signal: number
  labels: Uint8Array
  screen: ScreenLabels
}

/** A claim that cannot be tested. */
interface Untested {
  claim: Claim
  reason: string
}

export interface ClaimMeter {
  /** Results without weights if no claim can be tested, each with its reason; undefined if one can. */
  readonly untested: ClaimResult[] | undefined
  /** The program with these weights, in an arena of its own or in that of the training program. */
  program(weights: Weights, kept?: SharedArena): Program
  /** The results in the order of the claims; undefined if `cancel` ended the reading. */
  measure(executable: Executable, cancel?: Int32Array): ClaimResult[] | undefined
}

/** A meter of claims over sequences, each read from a zero state; claims that cannot be tested get a reason. */
export function claimMeter(
  network: SequenceNetwork,
  claims: readonly Claim[],
  sequences: readonly EncodedSequence[],
): ClaimMeter {
  const layout = claimLayout(
    network,
    sequences.map(({ ids }) => ids),
  )
  const signals: RecordedSignal[] = []
  const signalOf = ({ layer, signal }: Claim): number => {
    const known = signals.findIndex((one) => one.layer === layer && one.signal === signal)
    return known >= 0 ? known : signals.push({ layer, signal }) - 1
  }
  const prepared = claims.map((claim): Tested | Untested => {
    const reason = reasonAgainst(network, claim)
    const labels = reason === null ? labelsOf(claim, sequences, layout.skip) : reason
    return typeof labels === 'string'
      ? { claim, reason: labels }
      : { claim, signal: signalOf(claim), labels, screen: screenLabels(labels) }
  })
  const tested = prepared.filter((one) => 'labels' in one)
  /** Units of each signal that are recorded; undefined: all. */
  const wanted = signals.map((_, s) => {
    const units = tested.filter(({ signal }) => signal === s).map(({ claim }) => claim.unit)
    return units.includes(null) ? undefined : (units as number[])
  })
  const sizes = signals.map(({ layer }) => network.layers[layer]!.outputSize)

  function measure(executable: Executable, cancel?: Int32Array): ClaimResult[] | undefined {
    const { positions } = layout
    const recorded = signals.map((_, s): UnitValues => {
      const units = wanted[s]?.length ?? sizes[s]!
      return { units, values: new Float32Array(positions * units) }
    })
    const record = (position: number, views: readonly ArrayLike<number>[], offsets: readonly number[]) => {
      for (let s = 0; s < signals.length; s++) {
        const [view, offset, chosen] = [views[s]!, offsets[s]!, wanted[s]]
        const { values, units } = recorded[s]!
        const at = position * units
        for (let k = 0; k < units; k++) values[at + k] = view[offset + (chosen ? chosen[k]! : k)]!
      }
    }
    if (!readRows(executable, network, signals, layout, record, cancel)) return undefined
    return prepared.map((one): ClaimResult => {
      const { key, unit, sign } = one.claim
      if (!('labels' in one)) return untestedResult(one, positions)
      const values = recorded[one.signal]!
      const positives = one.labels.reduce((sum, label) => sum + label, 0)
      const facts = { key, positives, positions, reason: null }
      if (unit === null) return { ...facts, ...bestUnit(values, one.labels, one.screen) }
      const area = aucOf(columnOf(values, wanted[one.signal]?.indexOf(unit) ?? unit), one.labels)
      return { ...facts, auc: sign > 0 ? area : 1 - area, unit, sign }
    })
  }

  return {
    untested:
      tested.length > 0
        ? undefined
        : prepared.flatMap((one) => ('labels' in one ? [] : untestedResult(one, layout.positions))),
    program: (weights, kept) => claimProgram(network, weights, signals, layout, kept),
    measure,
  }
}

const untestedResult = (
  { claim: { key, unit, sign }, reason }: Untested,
  positions: number,
): ClaimResult => ({ key, auc: null, unit, sign, positives: 0, positions, reason })

/** Why a claim cannot be tested on this network; null if it can. */
function reasonAgainst({ layers, cell }: SequenceNetwork, { layer, signal, unit }: Claim): string | null {
  if (layer >= layers.length)
    return `there is no layer ${layer + 1}; the network has ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}`
  if (!cell.signals.some(({ id }) => id === signal))
    return `the cell ${cell.id} has no signal ${signal}; it has ${cell.signals.map(({ id }) => id).join(', ')}`
  const { outputSize } = layers[layer]!
  return unit !== null && unit >= outputSize
    ? `there is no unit ${unit}; layer ${layer + 1} has units 0 to ${outputSize - 1}`
    : null
}

/** The labels of the predicate at the counted positions, or why it cannot be tested on this text. */
function labelsOf(
  { predicate, unit }: Claim,
  sequences: readonly EncodedSequence[],
  skip: number,
): Uint8Array | string {
  try {
    const labels = (valuesOf(parsePredicate(predicate), sequences) as Uint8Array).subarray(skip)
    const parts = unit === null ? halvesOf(labels, cutOf(labels)) : [labels]
    for (const part of parts) {
      const where =
        parts.length > 1 ? 'one half of the held-out text that is read' : 'the held-out text that is read'
      if (!part.includes(1)) return `the predicate never holds in ${where}`
      if (!part.includes(0)) return `the predicate always holds in ${where}`
    }
    return labels
  } catch (error) {
    if (error instanceof UnrollError) return error.message
    throw error
  }
}
