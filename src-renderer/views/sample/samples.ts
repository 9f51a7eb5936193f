// Texts generated since the page was opened, newest first. Generating continues while another view is open. Tokens can arrive before the
// response that names their job; they are buffered until then.
import type { SampleToken } from '@contract/inspect.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { drawSeed } from '@contract/seed.ts'
import { defineStore } from 'pinia'
import { shallowReactive, shallowRef } from 'vue'
import { useClient } from '../../state/connection.ts'
import { interventionsOf, type Settings } from './settings.ts'

export interface Sample {
  /** Number of the sample, counted from 1 since the page was opened. */
  number: number
  runId: string
  settings: Settings
  job: string
  /** The seed that was used: the fixed one or the one drawn for this sample. */
  seed: number
  step: number
  tokens: SampleToken[]
  phase: 'starting' | 'generating' | 'done' | 'stopped' | 'failed'
  error: ErrorValue | null
}

const kept = 50

export const useSamples = defineStore('samples', () => {
  /** Immutable records: a change replaces the record. */
  const all = shallowRef<readonly Sample[]>([])
  const early = shallowReactive(new Map<string, SampleToken[]>())
  const ended = new Map<string, Pick<Sample, 'phase' | 'error'>>()
  let starting = 0
  let count = 0
  let listening = false

  function change(number: number, changes: Partial<Sample>): void {
    all.value = all.value.map((one) => (one.number === number ? { ...one, ...changes } : one))
  }

  function listen(): void {
    if (listening) return
    listening = true
    const client = useClient()
    client.on('sample.tokens', ({ job, tokens }) => {
      const sample = all.value.find((one) => one.job === job)
      if (sample) change(sample.number, { tokens: [...sample.tokens, ...tokens] })
      else if (starting > 0) early.set(job, [...(early.get(job) ?? []), ...tokens])
    })
    client.on('sample.done', ({ job, stopped, error }) => {
      const end = {
        phase: error ? ('failed' as const) : stopped ? ('stopped' as const) : ('done' as const),
        error,
      }
      const sample = all.value.find((one) => one.job === job)
      if (sample) change(sample.number, end)
      else if (starting > 0) ended.set(job, end)
    })
  }

  /** Generates under the interventions; with `twin`, first a sample without them, from the same random numbers. */
  async function generate(runId: string, settings: Settings): Promise<void> {
    if (settings.twin && interventionsOf(settings).length > 0) {
      const seed = settings.seed ?? drawSeed()
      await generateOne(runId, { ...settings, seed, interventions: '' })
      return generateOne(runId, { ...settings, seed })
    }
    return generateOne(runId, settings)
  }

  async function generateOne(runId: string, settings: Settings): Promise<void> {
    listen()
    const number = ++count
    const fresh: Sample = {
      number,
      runId,
      settings: { ...settings },
      job: '',
      seed: settings.seed ?? 0,
      step: 0,
      tokens: [],
      phase: 'starting',
      error: null,
    }
    all.value = [fresh, ...all.value].slice(0, kept)
    starting++
    try {
      const { seed, step, twin: _, ...rest } = settings
      const answer = await useClient().call('sample.start', {
        id: runId,
        ...rest,
        interventions: interventionsOf(settings),
        ...(seed !== null && { seed }),
        ...(step !== null && { step }),
      })
      const { job } = answer
      change(number, {
        job,
        seed: answer.seed,
        step: answer.step,
        tokens: early.get(job) ?? [],
        phase: 'generating',
        ...ended.get(job),
      })
    } catch (thrown) {
      change(number, { phase: 'failed', error: toErrorValue(thrown) })
    }
    starting--
    if (starting === 0) {
      early.clear()
      ended.clear()
    }
  }

  /** Stops a sample. If the server does not know its job, for instance after a restart, the sample is marked failed. */
  async function stop(sample: Sample): Promise<void> {
    try {
      await useClient().call('sample.stop', { job: sample.job })
    } catch (thrown) {
      change(sample.number, { phase: 'failed', error: toErrorValue(thrown) })
    }
  }

  function forget(number: number): void {
    all.value = all.value.filter((one) => one.number !== number)
  }
  return { all, generate, stop, forget }
})

/** The generated text without the prompt. A token includes the white space before it. */
export const textOf = (tokens: readonly SampleToken[]): string => tokens.map((token) => token.text).join('')

/** Whether two samples have the same checkpoint, settings and seed, so that their texts must be equal. */
export const isRepeat = (a: Sample, b: Sample): boolean =>
  isTwin(a, b) && a.settings.interventions.trim() === b.settings.interventions.trim()

/** Whether two samples differ at most in their interventions. */
export const isTwin = (a: Sample, b: Sample): boolean =>
  a.runId === b.runId &&
  a.step === b.step &&
  a.seed === b.seed &&
  (['prime', 'temperature', 'topK', 'topP', 'unknown'] as const).every(
    (key) => a.settings[key] === b.settings[key],
  )

/** Index of the first token in which two samples differ; null if they are equal over the length of the shorter one. */
export function firstDifference(a: Sample, b: Sample): number | null {
  const common = Math.min(a.tokens.length, b.tokens.length)
  for (let i = 0; i < common; i++) if (a.tokens[i]!.id !== b.tokens[i]!.id) return i
  return null
}
