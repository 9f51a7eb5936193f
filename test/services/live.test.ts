// A text pinned to a running run: its values arrive as events and are not stored; a run that does not train takes none.
import { expect, it } from 'vitest'
import { grouped } from '../options.ts'
import { codeOf } from '../store/folder.ts'
import { hasStatus, heard, openRealApp, until } from './apps.ts'

const pin = { text: 'the "cat" (ran)', layer: 0, signal: 'c', unit: 3 }

it('is read while the run trains, until it is unpinned', async () => {
  const app = await openRealApp()
  const bytes = new TextEncoder().encode('the "cat" saw a dog (or "two") and ran.\n'.repeat(200))
  const dataset = (await app.call('data.import', { name: 'quoted.txt', bytes })).id
  const options = grouped({
    batch: 4,
    window: 16,
    steps: 1_000_000,
    logEvery: 5,
    evalEvery: 0,
    sampleEvery: 0,
    gradientEvery: 0,
  })
  const config = { seed: 1, data: { kind: 'text', dataset }, model: { hidden: 5 }, ...options }
  const { id } = await app.call('runs.launch', { config })
  const answers = heard(app, 'run.live')
  await hasStatus(app, id, 'running')
  await until('the session', () => app.call('runs.pin', { id, pin }).catch(() => undefined))
  const [first, second] = await until('two readings', () => answers.length > 1 && answers)
  expect(first!.id).toBe(id)
  expect(first!.answer).toMatchObject({ layer: 0, signal: 'c', unit: 3, tokens: [...pin.text] })
  expect(second!.answer.step).toBeGreaterThan(first!.answer.step)
  await app.call('runs.pin', { id, pin: { ...pin, text: 'ψ' } })
  await until('the reason', () =>
    answers.some(({ answer }) => 'reason' in answer && answer.reason.includes('ψ')),
  )
  await app.call('runs.pin', { id, pin: null })
  await new Promise((resolve) => setTimeout(resolve, 500))
  const count = answers.length
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(answers.length).toBe(count)
  await app.call('runs.stop', { id })
  await hasStatus(app, id, 'stopped')
  expect(await codeOf(() => app.call('runs.pin', { id, pin }))).toBe('E_STATE')
  const [curves] = await app.call('runs.metrics', { ids: [id] })
  expect(curves!.chunks.map(({ name }) => name).filter((name) => !/^(train|val)\//.test(name))).toEqual([])
})
