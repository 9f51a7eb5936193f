import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import type { Client } from '@contract/api.ts'
import { setClient } from '@/state/connection.ts'
import { isRepeat, firstDifference, textOf, useSamples } from '@/views/sample/samples.ts'
import { fit, queryOf, settingsOf, start } from '@/views/sample/settings.ts'

const token = (text: string) => ({ id: text.charCodeAt(0), text, probability: 0.5, alternatives: [] })
type Listener = (event: unknown) => void
let listeners: Map<string, Listener>
let answer: () => unknown
const emit = (name: string, event: unknown) => listeners.get(name)?.(event)

beforeEach(() => {
  setActivePinia(createPinia())
  listeners = new Map()
  answer = () => ({ job: 'j', seed: 7, step: 100 })
  setClient({
    call: async () => answer(),
    on: (name: string, listener: Listener) => {
      listeners.set(name, listener)
      return () => listeners.delete(name)
    },
  } as unknown as Client)
})

it('gathers symbols in order, also those that come before the answer', async () => {
  const samples = useSamples()
  answer = () => {
    emit('sample.tokens', { job: 'j', tokens: [token('a'), token('b')] })
    return { job: 'j', seed: 7, step: 100 }
  }
  await samples.generate('run', start)
  emit('sample.tokens', { job: 'other', tokens: [token('x')] })
  emit('sample.tokens', { job: 'j', tokens: [token('c')] })
  emit('sample.done', { job: 'j', stopped: false, error: null })
  expect(samples.all).toHaveLength(1)
  expect(samples.all[0]).toMatchObject({ phase: 'done', seed: 7, step: 100 })
  expect(textOf(samples.all[0]!.tokens)).toBe('abc')
})

it('ends also when the end overtakes the answer, and keeps what a failure said', async () => {
  const samples = useSamples()
  answer = () => {
    emit('sample.tokens', { job: 'j', tokens: [token('a')] })
    emit('sample.done', { job: 'j', stopped: true, error: null })
    return { job: 'j', seed: 7, step: 100 }
  }
  await samples.generate('run', start)
  expect(samples.all[0]).toMatchObject({ phase: 'stopped' })
  answer = () => {
    throw new Error('no checkpoint yet')
  }
  await samples.generate('run', start)
  expect(samples.all[0]).toMatchObject({ phase: 'failed', error: { message: 'no checkpoint yet' } })
})

it('is over when the job to stop is unknown', async () => {
  const samples = useSamples()
  await samples.generate('run', start)
  answer = () => {
    throw new Error('no such job')
  }
  await samples.stop(samples.all[0]!)
  expect(samples.all[0]).toMatchObject({ phase: 'failed', error: { message: 'no such job' } })
})

it('knows a repeat and finds the first difference', async () => {
  const samples = useSamples()
  await samples.generate('run', start)
  emit('sample.tokens', { job: 'j', tokens: [token('a'), token('b')] })
  answer = () => ({ job: 'k', seed: 7, step: 100 })
  await samples.generate('run', { ...start, length: 900 })
  emit('sample.tokens', { job: 'k', tokens: [token('a'), token('c'), token('d')] })
  const [second, first] = samples.all
  expect(isRepeat(first!, second!)).toBe(true)
  expect(firstDifference(first!, second!)).toBe(1)
  expect(firstDifference(first!, first!)).toBeNull()
  expect(isRepeat(first!, { ...second!, seed: 8 })).toBe(false)
})

it('keeps settings in the link and brings numbers into range', () => {
  const settings = { ...start, prime: 'Alice ', temperature: 0, topP: 0.9, seed: 0, step: 500 }
  expect(settingsOf(queryOf(settings))).toEqual(settings)
  expect(queryOf(start)).toEqual({})
  expect(settingsOf({ length: '1e9', temperature: '-3', topK: 'many', seed: 'x' })).toEqual({
    ...start,
    length: 100_000,
    temperature: 0,
  })
  expect(fit('topP', '0', 1)).toBe(0.001)
  expect(fit('length', '12.6', 1)).toBe(13)
})
