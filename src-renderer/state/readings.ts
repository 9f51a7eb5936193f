// Calls that read a text with a trained model: how far each one is, and how to end it. A call is listed once it takes longer than a moment.
import type { Input, Output, ProbeName } from '@contract/api.ts'
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { useClient } from './connection.ts'

/** Milliseconds after which a call is listed. */
const moment = 600

export interface Reading {
  job: string
  /** Symbols read so far, and all; 0 of 0 before the reading begins. */
  done: number
  total: number
}

export const newJob = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

export const useReadings = defineStore('readings', () => {
  /** Listed calls by job, the oldest first. */
  const listed = shallowReactive(new Map<string, Reading>())
  useClient().on('inspect.progress', (progress) => {
    if (listed.has(progress.job)) listed.set(progress.job, progress)
  })

  /** Calls a probe under a job of its own; rejects with E_CANCELLED if it is cancelled. */
  async function call<K extends ProbeName>(name: K, input: Input<K>): Promise<Output<K>> {
    const job = newJob()
    const timer = setTimeout(() => listed.set(job, { job, done: 0, total: 0 }), moment)
    try {
      return await useClient().call(name, { ...input, job } as Input<K>)
    } finally {
      clearTimeout(timer)
      listed.delete(job)
    }
  }

  const cancel = (job: string) => useClient().call('inspect.cancel', { job })

  return { listed, call, cancel }
})
