// The claims of the workbench, and what they come to on a run: at the validations of its training, and on its checkpoints.
import { createHash } from 'node:crypto'
import type { Output, Parsed } from '../contract/api.ts'
import {
  birthOf,
  claimLength,
  claimMetric,
  keyStem,
  maxClaims,
  targetText,
  type Claim,
  type ClaimLife,
  type ClaimPoint,
  type ClaimResult,
  type StoredClaim,
} from '../contract/claim.ts'
import { largest } from '../contract/longLists.ts'
import { UnrollError } from '../contract/errors.ts'
import type { MetricChunk, RunId } from '../contract/run.ts'
import { checkName } from '../contract/validate.ts'
import { listCheckpoints } from './checkpointFiles.ts'
import { notFound, recordOf, type Context } from './context.ts'
import type { inference } from './inference.ts'
import { configOf } from './storedConfig.ts'

/** Points of a curve that are read; validations are fewer. */
const buckets = 25_000

/** A claim without what only the workbench knows. */
const plain = ({ createdAt: _createdAt, ...claim }: StoredClaim): Claim => claim

/** The claims that a new run tests. */
export const claimsForRuns = ({ store }: Context): Claim[] =>
  store.claims.list().slice(0, maxClaims).map(plain)

/** The key of a claim: what is readable of its predicate, and a hash of predicate and target. */
export function claimKey({
  predicate,
  ...target
}: Pick<Claim, 'predicate' | 'layer' | 'signal' | 'unit' | 'sign'>): string {
  const hash = createHash('sha256')
    .update(`${predicate}\n${targetText(target)}`)
    .digest('hex')
  return `${keyStem(predicate)}-${hash.slice(0, 6)}`
}

export function claims(context: Context, { probes }: Pick<ReturnType<typeof inference>, 'probes'>) {
  const { store, storeReader, emit } = context
  const told = () => emit('claims.changed', { claims: store.claims.list() })

  function stored(key: string): StoredClaim {
    const claim = store.claims.get(key)
    if (!claim)
      throw notFound(
        'claim',
        key,
        store.claims.list().map((one) => one.key),
        'key',
      )
    return claim
  }

  async function change<T>(write: () => T): Promise<T> {
    const result = await store.write(write)
    told()
    return result
  }

  /** The claims of the workbench and of the run's configuration, those of the workbench first; of `keys` those alone. */
  function claimsOf(id: RunId, keys: readonly string[] | undefined): Claim[] {
    const known = new Map((configOf(recordOf(context, id))?.claims ?? []).map((claim) => [claim.key, claim]))
    const all = new Map(store.claims.list().map((claim) => [claim.key, plain(claim)]))
    for (const [key, claim] of known) if (!all.has(key)) all.set(key, claim)
    const found = [...all.values()].filter(({ key }) => keys?.includes(key) ?? true).slice(0, maxClaims)
    const missing = keys?.find((key) => !all.has(key))
    if (missing !== undefined) throw notFound('claim', missing, [...all.keys()], 'keys')
    if (found.length === 0)
      throw new UnrollError('E_STATE', 'There are no claims yet. Add one first.', {
        advice: { action: 'claim' },
      })
    return found
  }

  const testAt = (id: RunId, step: number | undefined, of: readonly Claim[]) =>
    probes['inspect.claims']({ id, step, claims: [...of], length: claimLength })

  /** Change of the loss under the claim's intervention; null without one. */
  async function effectOf(id: RunId, step: number, { intervention, predicate }: Claim) {
    if (intervention === undefined) return null
    const found = await probes['inspect.effect']({
      id,
      step,
      variants: [[intervention]],
      predicate,
      offset: 0,
      length: claimLength,
    })
    const { all, classes } = found.effects[0]!
    if (classes.length === 0) return null
    const most = classes.findIndex((delta) => Math.abs(delta) === largest(classes.map(Math.abs)))
    const { name, held } = found.classes[most]!
    return {
      all,
      class: `${name}${held === null ? '' : held ? ' (held)' : ' (not)'}`,
      change: classes[most]!,
    }
  }

  async function test({ id, step, keys }: Parsed<'claims.test'>): Promise<Output<'claims.test'>> {
    const asked = claimsOf(id, keys)
    const tested = await testAt(id, step, asked)
    const tests = []
    for (const [i, claim] of asked.entries()) {
      const result = tested.results[i]!
      const holds = result.auc !== null && result.auc >= claim.threshold
      const effect = result.auc === null ? null : await effectOf(id, tested.step, claim)
      tests.push({ claim, result, holds, effect })
    }
    return { step: tested.step, tests }
  }

  /** Measured points of a claim while training. */
  function pointsOf(chunks: readonly MetricChunk[], { key }: Claim): ClaimPoint[] {
    const auc = chunks.find(({ name }) => name === claimMetric(key))
    const units = chunks.find(({ name }) => name === claimMetric(key, 'unit'))
    const unitAt = new Map(Array.from(units?.steps ?? [], (step, i) => [step, units!.values[i]!]))
    return Array.from(auc?.steps ?? [], (step, i) => ({
      step,
      auc: auc!.values[i]!,
      unit: unitAt.get(step) ?? null,
      source: 'validation' as const,
    }))
  }

  async function history({ id, keys }: Parsed<'claims.history'>): Promise<ClaimLife[]> {
    const asked = claimsOf(id, keys)
    const names = asked.flatMap(({ key }) => [claimMetric(key), claimMetric(key, 'unit')])
    const [curves] = await storeReader.commands['runs.metrics']({ ids: [id], names, buckets })
    const lives = asked.map((claim) => ({
      claim,
      points: pointsOf(curves!.chunks, claim),
      reason: null as string | null,
    }))
    for (const { step, missing } of listCheckpoints(context, id).toReversed()) {
      const due = lives.filter(({ points }) => !points.some((point) => point.step === step))
      if (missing || due.length === 0) continue
      const { results } = await testAt(
        id,
        step,
        due.map(({ claim }) => claim),
      )
      due.forEach((life, i) => addResult(life, step, results[i]!))
    }
    return lives.map(({ claim, points, reason }) => {
      points.sort((a, b) => a.step - b.step)
      const columns = { steps: points.map(({ step }) => step), values: points.map(({ auc }) => auc) }
      const last = points.at(-1)
      return {
        claim,
        points,
        birth: birthOf(columns, claim.threshold),
        holds: last ? last.auc >= claim.threshold : null,
        reason: last ? null : (reason ?? 'the run has no checkpoint'),
      }
    })
  }

  return {
    list: () => store.claims.list(),
    async add({ name, ...claim }: Parsed<'claims.add'>): Promise<StoredClaim> {
      const key = claimKey(claim)
      return change(() => {
        const same = store.claims.get(key)
        if (same)
          throw new UnrollError(
            'E_EXISTS',
            `predicate: the claim "${same.name}" says the same of ${targetText(claim)}. Rename that one, or remove it first.`,
            { path: 'predicate' },
          )
        const named = checkName(name ?? [...claim.predicate].slice(0, 200).join(''), 'name')
        const added: StoredClaim = { key, ...claim, name: named, createdAt: Date.now() }
        store.claims.put(added)
        return added
      })
    },
    update: ({ key, name, threshold }: Parsed<'claims.update'>) =>
      change(() => {
        const claim = stored(key)
        const next = {
          ...claim,
          ...(name !== undefined && { name: checkName(name, 'name') }),
          ...(threshold !== undefined && { threshold }),
        }
        store.claims.put(next)
        return next
      }),
    remove: ({ key }: Parsed<'claims.remove'>) =>
      change(() => {
        stored(key)
        store.claims.remove(key)
        return { key }
      }),
    test,
    history,
  }
}

function addResult(
  life: { claim: Claim; points: ClaimPoint[]; reason: string | null },
  step: number,
  { auc, unit, reason }: ClaimResult,
): void {
  if (auc === null) life.reason = reason
  else life.points.push({ step, auc, unit: life.claim.unit === null ? unit : null, source: 'checkpoint' })
}
