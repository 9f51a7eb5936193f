// Claims: what is held to be true of trained networks, such as "one unit of c tells whether a quotation is open". A claim belongs to the
// workbench and is tested on many runs. Here is its form, its text and what follows from measured AUCs; nothing is measured here.
import { z } from 'zod'
import { UnrollError } from './errors.ts'
import { parseIntervention } from './intervention.ts'
import { kindOf } from './predicate/expression.ts'
import { maxPredicate, parsePredicate } from './predicate/parse.ts'

/** AUC from which a claim counts as held, if nobody says otherwise. */
export const usualThreshold = 0.95
/** Claims that one run tests at most. */
export const maxClaims = 32
/** Held-out symbols that a claim is tested on. */
export const claimLength = 8000

/** What a claim is about: one unit with the sign of its values where the predicate holds, or the best unit of a layer and signal. */
export interface ClaimTarget {
  /** From 0. */
  layer: number
  signal: string
  /** From 0; null: the unit that is best on the first half of the text. */
  unit: number | null
  /** +1: the unit is higher where the predicate holds. Of the best unit it is found with the unit. */
  sign: 1 | -1
}

const predicate = z
  .string()
  .min(1)
  .max(maxPredicate)
  .check(({ value, issues }) => {
    const message = faultOf(() => {
      const expression = parsePredicate(value)
      if (kindOf(expression) === 'number')
        throw new Error('is a number at each symbol; compare it with one, such as column >= 40')
    })
    if (message) issues.push({ code: 'custom', message, input: value })
  })
const intervention = z
  .string()
  .min(1)
  .max(4000)
  .check(({ value, issues }) => {
    const message = faultOf(() => parseIntervention(value))
    if (message) issues.push({ code: 'custom', message, input: value })
  })

function faultOf(check: () => void): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/^(predicate|intervene): /, '')
  }
}

const definition = {
  name: z.string().min(1).max(200),
  predicate,
  layer: z.int().min(0).max(63),
  signal: z.string().regex(/^\w{1,32}$/, 'expected the id of a signal, such as c'),
  unit: z.int().min(0).max(99_999).nullable().default(null),
  sign: z.union([z.literal(1), z.literal(-1)]).default(1),
  threshold: z.number().min(0.5).max(1).default(usualThreshold),
  /** An intervention that belongs to the claim, as text; its effect is measured when the claim is tested on a checkpoint. */
  intervention: intervention.optional(),
}

/** A claim as it is added; without a name its predicate is the name. */
export const newClaim = z.strictObject({ ...definition, name: definition.name.optional() })

/** A claim. Its key follows from predicate and target, so equal claims of two workbenches have the same curves. */
export const claimSchema = z.strictObject({
  key: z.string().regex(/^[a-z0-9-]{1,48}$/, 'expected the key of a claim: small letters, digits and dashes'),
  ...definition,
})
export type Claim = z.output<typeof claimSchema>
export type NewClaim = z.output<typeof newClaim>

/** A stored claim. */
export interface StoredClaim extends Claim {
  /** Milliseconds since 1970. */
  createdAt: number
}

const metricName = /^claim\/([a-z0-9-]+)\/(auc|unit)$/

/** Name of the curve of a claim: its AUC, or the index of its best unit. */
export const claimMetric = (key: string, what: 'auc' | 'unit' = 'auc'): string => `claim/${key}/${what}`

/** Key of the claim whose AUC a metric is; undefined for other metrics. */
export const claimOfMetric = (name: string): string | undefined => {
  const [, key, what] = metricName.exec(name) ?? []
  return what === 'auc' ? key : undefined
}

/** `L1.c[90]+`: unit 90 is higher where the predicate holds; `L1.c`: the best unit of c in layer 1. */
export const targetText = ({ layer, signal, unit, sign }: ClaimTarget): string =>
  `L${layer + 1}.${signal}${unit === null ? '' : `[${unit}]${sign > 0 ? '+' : '-'}`}`

/** Parses the text of a target; throws E_ARG. */
export function parseTarget(text: string): ClaimTarget {
  const [whole, layer, signal, unit, sign] =
    /^\s*L([1-9]\d?)\.(\w{1,32})(?:\[\s*(\d{1,5})\s*\]\s*([+-])?)?\s*$/.exec(text) ?? []
  if (whole === undefined)
    throw new UnrollError(
      'E_ARG',
      `unit: expected L1.c[90]+ or L1.c[90]- for one unit, L1.c for the best unit of c in layer 1; found "${text.slice(0, 60)}".`,
      { path: 'unit' },
    )
  return {
    layer: Number(layer) - 1,
    signal: signal!,
    unit: unit === undefined ? null : Number(unit),
    sign: sign === '-' ? -1 : 1,
  }
}

/** Text before the hash of a key: the letters and digits of the predicate. */
export const keyStem = (predicate: string): string =>
  predicate
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24)
    .replace(/^-|-$/g, '') || 'claim'

/** What a claim came to on one network. */
export interface ClaimResult {
  key: string
  /** Area under the ROC curve in the direction of the claim; null if it cannot be tested, `reason` says why. */
  auc: number | null
  /** The unit; of "the best unit" the one that was found, null if it cannot be tested. */
  unit: number | null
  sign: 1 | -1
  /** Positions at which the predicate holds, and all. */
  positives: number
  positions: number
  reason: string | null
}

/** AUC of a claim at one training step. */
export interface ClaimPoint {
  step: number
  auc: number
  /** The best unit, if it was looked for. */
  unit: number | null
  /** Measured at a validation while training, or on a kept checkpoint afterwards. */
  source: 'validation' | 'checkpoint'
}

/** How a claim developed in one run. */
export interface ClaimLife {
  claim: Claim
  /** In order of steps. */
  points: ClaimPoint[]
  /** First step at which it held; null if it never did. */
  birth: number | null
  /** Whether it holds at the last point; null without a point. */
  holds: boolean | null
  /** Why it was not tested; null if there is a point. */
  reason: string | null
}

/** A claim beside compared runs, in their order. */
export interface ComparedClaim {
  claim: Claim
  /** The last AUC of the run's validations with its step and unit, and the first step at which the claim held; null: not tested there. */
  runs: ({ auc: number; step: number; unit: number | null; birth: number | null } | null)[]
}

/** The first step at which the AUC reaches the threshold; null if none does. Steps ascend. */
export function birthOf(
  { steps, values }: { steps: ArrayLike<number>; values: ArrayLike<number> },
  threshold: number,
): number | null {
  for (let i = 0; i < steps.length; i++) if (values[i]! >= threshold) return steps[i]!
  return null
}
