// Claims in the stand-in: a list in memory, and AUCs that are a function of the claim.
import type { Claim, ClaimResult, StoredClaim } from '../../src-main/contract/claim.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import type { RunId, RunRow } from '../../src-main/contract/run.ts'
import { claimKey } from '../../src-main/services/claims.ts'
import type { FakeApp, Handlers } from './app.ts'

export const claimResult = ({ key, unit, sign }: Claim): ClaimResult => ({
  key,
  auc: 0.98,
  unit: unit ?? 12,
  sign,
  positives: 1600,
  positions: 7900,
  reason: null,
})

export function claimAnswers(find: (id: RunId) => RunRow, emit: FakeApp['emit']) {
  const claims = new Map<string, StoredClaim>()
  const tell = () => emit('claims.changed', { claims: [...claims.values()] })
  const get = (key: string): StoredClaim => {
    const claim = claims.get(key)
    if (!claim) throw new UnrollError('E_NOT_FOUND', `key: there is no claim "${key}".`, { path: 'key' })
    return claim
  }
  return {
    'claims.list': () => [...claims.values()],
    'claims.add': ({ name, ...claim }) => {
      const key = claimKey(claim)
      if (claims.has(key)) throw new UnrollError('E_EXISTS', 'predicate: that claim is there already.')
      const added = { ...claim, key, name: name ?? claim.predicate, createdAt: 1 }
      claims.set(key, added)
      tell()
      return added
    },
    'claims.update': ({ key, name, threshold }) => {
      const claim = get(key)
      const next = { ...claim, name: name ?? claim.name, threshold: threshold ?? claim.threshold }
      claims.set(key, next)
      tell()
      return next
    },
    'claims.remove': ({ key }) => {
      get(key)
      claims.delete(key)
      tell()
      return { key }
    },
    'claims.test': ({ id, step = find(id).step }) => ({
      step,
      tests: [...claims.values()].map((claim) => ({
        claim,
        result: claimResult(claim),
        holds: true,
        effect: null,
      })),
    }),
    'claims.history': ({ id }) =>
      [...claims.values()].map((claim) => ({
        claim,
        points: [{ step: find(id).step, auc: 0.98, unit: 12, source: 'checkpoint' as const }],
        birth: find(id).step,
        holds: true,
        reason: null,
      })),
  } satisfies Handlers
}
