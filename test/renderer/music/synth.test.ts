// A piece is played on the clock of the sound card: every note once, ahead of its time, and none after it is stopped. Probabilities become cells.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readPieces } from '@contract/music/pieces.ts'
import { cellsOf, rangeOf } from '@/music/rolls.ts'
import { frequencyOf, play } from '@/music/synth.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A context whose clock is set by the test; it notes frequency and time of every oscillator. */
function fakeContext() {
  const started: [frequency: number, at: number, end: number][] = []
  const param = () => ({ value: 0, setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {}, setTargetAtTime() {} })
  const node = () => ({ connect: (to: unknown) => to })
  const context = {
    currentTime: 0,
    closed: false,
    destination: {},
    resume: async () => {},
    close: async () => void (context.closed = true),
    createGain: () => ({ ...node(), gain: param() }),
    createOscillator() {
      const frequency = param()
      let from = 0
      return { ...node(), type: '', frequency, start: (at: number) => void (from = at), stop: (end: number) => void started.push([frequency.value, from, end]) }
    },
  }
  return { context, started }
} // prettier-ignore

it('plays notes at their times, tells where it is, and ends by itself', () => {
  const { context, started } = fakeContext()
  const piece = readPieces('frames-per-quarter=2 tempo=60\n69 69~ 69 . 60')[0]!
  const ended = vi.fn()
  const playback = play(piece, ended, context as unknown as AudioContext)
  // Half a second per frame: only the first note is near.
  expect(started.map(([frequency]) => frequency)).toEqual([440])
  for (context.currentTime = 0.05; context.currentTime < 3; context.currentTime += 0.05) {
    if (Math.abs(context.currentTime - 1.06) < 0.02) expect(playback.position()).toBeCloseTo(2, 0)
    vi.advanceTimersByTime(50)
  }
  const begin = started[0]![1]
  expect(started.map(([frequency, at]) => [Math.round(frequency), Number((at - begin).toFixed(3))])).toEqual([
    [440, 0], [440, 1], [Math.round(frequencyOf(60)), 2],
  ]) // prettier-ignore
  expect(ended).toHaveBeenCalledOnce()
  expect(playback.position()).toBeNull()
  vi.advanceTimersByTime(500)
  expect(context.closed).toBe(true)
})

it('stops: no further note, and the context is closed', () => {
  const { context, started } = fakeContext()
  const ended = vi.fn()
  const playback = play(readPieces('60 62 64')[0]!, ended, context as unknown as AudioContext)
  playback.stop()
  playback.stop()
  context.currentTime = 2
  vi.advanceTimersByTime(1000)
  expect([started.length, ended.mock.calls.length, context.closed]).toEqual([1, 1, true])
})

it('shows probabilities as cells, and whole octaves', () => {
  const digits = `${'0'.repeat(39)}f${'0'.repeat(48)}8${'0'.repeat(87)}`
  expect(cellsOf(digits, 1)).toEqual([
    { note: 60, from: 1, to: 2, strength: 1 },
    { note: 21, from: 2, to: 3, strength: 8 / 15 },
  ])
  expect(rangeOf(readPieces('61 85'))).toEqual({ low: 60, high: 95 })
  expect(rangeOf(readPieces('. .'))).toEqual({ low: 60, high: 83 })
})
