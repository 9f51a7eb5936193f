// Claims in the comparison and on the page of a run: held or not, the step of birth, and runs that did not test them.
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import type { ComparedClaim } from '@contract/claim.ts'
import { stepLine } from '@/charts/annotations.ts'
import type { Ink } from '@/charts/chartjs.ts'
import { setClient } from '@/state/connection.ts'
import { useMetrics } from '@/state/metrics.ts'
import ClaimRows from '@/views/claims/ClaimRows.vue'
import { useClaimLives } from '@/views/run/useClaimLives.ts'
import { fakeClient } from '../fakeClient.ts'
import { rendered } from '../rendered.ts'
import { fakeRun } from '../../standIn/data.ts'

const claim = {
  key: 'quote-aaaaaa',
  name: 'open <b>',
  predicate: 'quote',
  layer: 0,
  signal: 'c',
  unit: null,
  sign: 1,
  threshold: 0.95,
} as const
const row = fakeRun(1, 1e12)
const curve = (name: string, values: number[]) => ({
  name,
  steps: Float64Array.of(10, 20, 30),
  values: Float64Array.from(values),
  times: Float64Array.of(1, 2, 3),
})

let client: ReturnType<typeof fakeClient>
beforeEach(() => {
  setActivePinia(createPinia())
  setClient((client = fakeClient({ runs: 2 })))
})

it('a row tells whether the claim holds in each run and when it was born, and offers to test the others', async () => {
  const claims: ComparedClaim[] = [
    { claim, runs: [{ auc: 0.991, step: 30, unit: 90, birth: 20 }, { auc: 0.7, step: 30, unit: 4, birth: null }, null] },
  ] // prettier-ignore
  const html = await rendered(ClaimRows, { claims, ids: ['a', 'b', 'c'] })
  const text = html
    .replace(/<!--.*?-->|<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  expect(text).toBe(
    'Claims Test the checkpoints of 1 run that did not test them open &lt;b&gt; L1.c 0.9910 holds born at step 20 unit 90 0.7000 does not hold unit 4 –',
  )
  expect(await rendered(ClaimRows, { claims: [], ids: ['a', 'b'] })).not.toContain('Claims')
})

it('the life of a claim comes from the curves of the run, its birth is marked, and others are tested on request', async () => {
  const { call } = client
  const answer: typeof call = (name, input) =>
    name === 'runs.metrics'
      ? Promise.resolve([
          {
            id: row.id,
            chunks: [
              curve('claim/quote-aaaaaa/auc', [0.7, 0.96, 0.99]),
              curve('claim/quote-aaaaaa/unit', [3, 90, 90]),
            ],
          },
        ] as never)
      : call(name, input)
  setClient({ ...client, call: answer })
  await useMetrics().load([row.id])
  await client.call('claims.add', { predicate: 'vowel', layer: 0, signal: 'h' })
  const run = { ...row, config: { ...row.config, claims: [{ ...claim }] } }
  const { lives, births, untested, test } = useClaimLives(() => run)
  expect(lives.value).toMatchObject([
    { birth: 20, holds: true, points: [{ unit: 3 }, { unit: 90 }, { auc: 0.99 }] },
  ])
  expect(births.value).toEqual([{ step: 20, text: 'open <b> born at step 20' }])
  await expect.poll(() => untested.value.map(({ predicate }) => predicate)).toEqual(['vowel'])
  await test()
  expect(lives.value.map(({ claim: one }) => one.predicate)).toEqual(['quote', 'vowel'])
  expect(untested.value).toEqual([])
})

it('the line of a step stands at it, the texts of several below each other', () => {
  const ink = { accent: 'a', text: 't', surface: 's', font: 'f' } as Ink
  const [first, second] = ['a', 'b'].map(
    (text, i) =>
      stepLine(20, text, i, ink) as {
        xMin: number
        xMax: number
        label: { content: string; yAdjust: number }
      },
  )
  expect([first!.xMin, first!.xMax, first!.label.content]).toEqual([20, 20, 'a'])
  expect(second!.label.yAdjust).toBeGreaterThan(first!.label.yAdjust)
})
