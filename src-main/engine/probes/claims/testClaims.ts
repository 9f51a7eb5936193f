// Claims on a trained model, over a text or the held-out lines of its run.
import type { Claim, ClaimResult } from '../../../contract/claim.ts'
import { weightNodes } from '../../nn/weights.ts'
import type { TextLine } from '../../tasks/index.ts'
import { inspectedSequences } from '../inspectedSequences.ts'
import { refuseNonText, sequenceOf, withWeights, type TrainedModel } from '../model.ts'
import { claimMeter } from './claimMeter.ts'

/** Tests claims on a model. Throws E_ARG for a model that reads no text, and for symbols that it does not know. */
export function testClaims(
  model: TrainedModel,
  {
    text,
    lines,
    claims,
  }: { text: string; lines?: (() => readonly TextLine[]) | undefined; claims: readonly Claim[] },
): { step: number; results: ClaimResult[] } {
  refuseNonText(model, 'claims')
  const network = sequenceOf(model)
  const meter = claimMeter(network, claims, inspectedSequences(model, { text, lines }))
  if (meter.untested) return { step: model.step, results: meter.untested }
  const executable = withWeights(model, meter.program(weightNodes(network)))
  try {
    return { step: model.step, results: meter.measure(executable)! }
  } finally {
    executable.dispose()
  }
}
