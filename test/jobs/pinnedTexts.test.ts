// Readings of a pinned text take at most 2 % of the time: the next one waits fifty times as long as the last one took, and a quarter of a second.
import { MessageChannel } from 'node:worker_threads'
import { expect, it } from 'vitest'
import type { LivePin } from '../../src-main/contract/live.ts'
import { pinnedTexts } from '../../src-main/jobs/pinnedTexts.ts'
import type { TrainMessage } from '../../src-main/jobs/protocol.ts'

it('reads what was pinned last, throttled by its measured cost, until nothing is pinned', () => {
  const { port1, port2 } = new MessageChannel()
  const [said, read]: [TrainMessage[], LivePin[]] = [[], []]
  let now = 1000
  let cost = 20
  const atPoint = pinnedTexts(
    port2,
    (pin) => {
      read.push(pin)
      now += cost
      return { step: read.length, reason: '' }
    },
    (message) => said.push(message),
    () => now,
  )
  const unit = (index: number): LivePin => ({ layer: 0, signal: 'c', unit: index })
  atPoint()
  expect(read).toEqual([])
  port1.postMessage(unit(1))
  port1.postMessage(unit(2))
  atPoint()
  expect(read).toEqual([unit(2)])
  now += 50 * cost - 1
  atPoint()
  expect(read).toHaveLength(1)
  now += 1
  cost = 1
  atPoint()
  expect(read).toHaveLength(2)
  now += 249
  atPoint()
  expect(read).toHaveLength(2)
  // Another text is read at once.
  port1.postMessage(unit(3))
  atPoint()
  expect(read.at(-1)).toEqual(unit(3))
  port1.postMessage(null)
  now += 10_000
  atPoint()
  expect(read).toHaveLength(3)
  expect(said.map((message) => message.kind)).toEqual(['live', 'live', 'live'])
  port1.close()
})
