// What a poll of the data folder costs and says while nothing can be stored: a server is left alone for weeks.
import * as fs from 'node:fs'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Events } from '../../src-main/contract/events.ts'
import type { Context } from '../../src-main/services/context.ts'
import { readStored } from '../../src-main/services/storedConfig.ts'
import type { Trainer } from '../../src-main/services/trainer.ts'
import { watch } from '../../src-main/services/watch.ts'
import { openStore } from '../../src-main/store/store.ts'
import { freshFolder } from '../store/folder.ts'

vi.mock('node:fs', { spy: true })

const pollMs = 500

/** Polls a store of its own on a clock that the test advances. `reapOrphans` fails as often as it is called. */
function polled() {
  vi.useFakeTimers()
  const folder = freshFolder()
  const store = openStore(folder, readStored)
  const notices: Events['notice'][] = []
  const calls = { reaped: 0 }
  const context = {
    store,
    options: { dataDir: folder, pollMs },
    hasListeners: () => false,
    emit: (name: string, event: Events['notice']) => name === 'notice' && notices.push(event),
  }
  const trainer = {
    schedule: () => undefined,
    reapOrphans() {
      calls.reaped++
      return Promise.reject(new Error('the disk is full'))
    },
  }
  const { stop } = watch(context as unknown as Context, trainer as unknown as Trainer)
  onTestFinished(async () => {
    stop()
    vi.useRealTimers()
    await store.close()
  })
  return {
    folder,
    store,
    notices,
    calls,
    polls: (count: number) => vi.advanceTimersByTimeAsync(count * pollMs),
  }
}

/** How often each function of the file system was called since the last `vi.clearAllMocks`. */
const fileSystemCalls = () =>
  Object.entries(fs).flatMap(([name, called]) =>
    vi.isMockFunction(called) && called.mock.calls.length ? [[name, called.mock.calls.length]] : [],
  )

describe('a data folder that is polled', () => {
  let said: unknown[][] = []
  beforeEach(() => {
    said = []
    vi.spyOn(console, 'error').mockImplementation((...words) => void said.push(words))
  })

  it('costs one call of the file system per poll, whether it is there or gone', async () => {
    const { folder, polls } = polled()
    await polls(1)
    vi.clearAllMocks()
    await polls(8)
    expect(fileSystemCalls()).toEqual([['statSync', 8]])
    fs.rmSync(folder, { recursive: true })
    vi.clearAllMocks()
    await polls(100)
    expect(fileSystemCalls()).toEqual([['statSync', 100]])
  })

  it('that is gone is told once, and its error is made once', async () => {
    const { folder, store, notices, polls } = polled()
    fs.rmSync(folder, { recursive: true })
    await polls(1)
    const refusal = store.refusal()
    expect(refusal?.code).toBe('E_STORE_PLACE')
    await polls(200)
    expect(notices.map(({ code }) => code)).toEqual(['W_STORE_READONLY'])
    expect(store.refusal()).toBe(refusal)
  })

  it('on which nothing can be written: a failure that every try repeats is logged once', async () => {
    const { calls, polls } = polled()
    await polls(100)
    expect(calls.reaped).toBe(10)
    expect(said.map(([label, error]) => `${label} ${(error as Error).message}`)).toEqual([
      'orphans: the disk is full',
    ])
  })
})
