// Commands on claims: the list of the workbench, and what claims come to on a run.
import { z } from 'zod'
import {
  claimLength,
  claimSchema,
  maxClaims,
  newClaim,
  type ClaimLife,
  type ClaimResult,
  type StoredClaim,
} from '../claim.ts'
import { checkpoint, command, nothing, runId } from './command.ts'

const key = claimSchema.shape.key
/** Keys of claims; all that the workbench and the run know, if left out. */
const keys = z.array(key).min(1).max(maxClaims).optional()

export const claimCommands = {
  'claims.list': command<StoredClaim[]>()({ runsIn: 'app', input: nothing }),
  'claims.add': command<StoredClaim>()({ runsIn: 'app', input: newClaim }),
  'claims.update': command<StoredClaim>()({
    runsIn: 'app',
    input: z.strictObject({
      key,
      name: claimSchema.shape.name.optional(),
      threshold: z.number().min(0.5).max(1).optional(),
    }),
  }),
  'claims.remove': command<{ key: string }>()({ runsIn: 'app', input: z.strictObject({ key }) }),
  /** Tests claims on one checkpoint of a run. */
  'claims.test': command<ClaimTests>()({ runsIn: 'app', input: z.strictObject({ ...checkpoint, keys }) }),
  /** The AUC of claims at every validation of a run that tested them, and at every kept checkpoint. */
  'claims.history': command<ClaimLife[]>()({ runsIn: 'app', input: z.strictObject({ id: runId, keys }) }),
  /** Tests given claims on a checkpoint, over the first symbols of the run's held-out text. */
  'inspect.claims': command<{ step: number; results: ClaimResult[] }>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      claims: z.array(claimSchema).min(1).max(maxClaims),
      text: z.string().min(1).max(200_000).optional(),
      length: z.int().min(200).max(100_000).default(claimLength),
    }),
  }),
}

/** Claims on one checkpoint. */
export interface ClaimTests {
  step: number
  tests: {
    claim: z.output<typeof claimSchema>
    result: ClaimResult
    holds: boolean
    /** Change of the mean loss under the claim's intervention, nats per symbol, and of the class of symbols that it changes most. */
    effect: { all: number; class: string; change: number } | null
  }[]
}
