// Elman's three series over many seeds: how soon they are solved, and by which share of the seeds.
import { describe, expect, it } from 'vitest'
import { chooseExecutor, openTraining } from '../../src-main/engine/index.ts'
import { elmanConfig } from '../engine/elmanConfig.ts'

/** Epochs until solved with seeds 0..n-1; Infinity when the limit came first. */
function epochsToSolve(
  which: 1 | 2 | 3,
  hidden: number,
  lr: number,
  limit: number,
  seeds: number,
  cell = 'elman',
): number[] {
  const { executor } = chooseExecutor('auto', 1)
  return Array.from({ length: seeds }, (_, seed) => {
    const config = {
      ...elmanConfig(which, { cell, hidden }, { lr, epochs: limit, logEvery: 1e6, checkpointEvery: 1e6 }),
      seed,
    }
    const training = openTraining({ config, text: '' }, executor)
    let solved = false
    for (const event of training.events()) solved = event.kind === 'done' && event.solved
    return solved ? training.step / training.stepsPerEpoch : Infinity
  })
}
const mean = (all: number[]) => all.reduce((sum, v) => sum + v, 0) / all.length

describe("Elman's series by Elman networks", () => {
  it('1 is solved by all of 20 seeds in 215 epochs within 15 % at rate 0.5, and never without memory', () => {
    const epochs = epochsToSolve(1, 6, 0.5, 5000, 60)
    expect(epochs.every(Number.isFinite)).toBe(true)
    expect(Math.abs(mean(epochs) / 215 - 1)).toBeLessThan(0.15)
    expect(epochsToSolve(1, 6, 0.5, 2000, 3, 'feedforward')).toEqual([Infinity, Infinity, Infinity])
  })

  it('2 is solved by all of 60 seeds in 890 epochs within 15 % at rate 0.5', () => {
    const epochs = epochsToSolve(2, 6, 0.5, 20_000, 60)
    expect(epochs.every(Number.isFinite)).toBe(true)
    expect(Math.abs(mean(epochs) / 890 - 1)).toBeLessThan(0.15)
  })
})

describe("Elman's series by Jordan networks", () => {
  // What must be remembered has to hide in outputs that are taught to be 0. Adam finds it; plain steps at rate 0.5, online or of the
  // whole series, did not within 20,000 epochs. Of 20 seeds 16 or 17 solve it; which ones depends on the order of additions, so on the
  // processor.
  it.each([2, 3] as const)(
    '%i is solved by Adam on the whole series for six of ten seeds at least',
    (which) => {
      const { executor } = chooseExecutor('auto', 1)
      const train = { bptt: 'full', optimizer: 'adam', lr: 0.01, epochs: 20_000, logEvery: 1e6, checkpointEvery: 1e6 } as const // prettier-ignore
      let found = 0
      for (let seed = 1; seed <= 10; seed++) {
        const config = { ...elmanConfig(which, { cell: 'jordan', hidden: 24 }, train), seed }
        for (const event of openTraining({ config, text: '' }, executor).events())
          if (event.kind === 'done' && event.solved) found++
      }
      expect(found).toBeGreaterThanOrEqual(6)
    },
  )
})
