// Training on images: resumed and threaded runs are the same to the bit, the executors agree, a run costs what its plan says.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { validationImage } from '../../../src-main/engine/tasks/images/image.ts'
import {
  chooseExecutor,
  openTraining,
  planRun,
  readCheckpoint,
  type TrainingEvent,
} from '../../../src-main/engine/index.ts'
import { expectClose } from '../check.ts'
import { reference, native, configOf, image, finish } from './imageRuns.ts'
import { grouped } from '../../options.ts'

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const often = { logEvery: 2, evalEvery: 3, sampleEvery: 2, checkpointEvery: 2 }
describe('training on pictures', () => {
  it.each([
    [
      'pixels',
      configOf({
        data: image({ texture: 'mixed' }),
        ...grouped({ ...often, dropout: 0.2, activityRegularization: 0.1 }),
      }),
    ],
    [
      'classes',
      configOf({
        data: image({ task: 'classes', texture: 'digits' }),
        model: { cell: 'mdrnn', options: { directions: 4 } },
        ...grouped({ ...often, dropout: 0.2, dropoutMask: 'variational' }),
      }),
    ],
  ])('%s: resumed after every single event = uninterrupted, to the bit', (_, config) => {
    const whole = openTraining({ config, text: '' }, native)
    const expected = finish(whole)
    const events: TrainingEvent[] = []
    let resume: Uint8Array | undefined
    for (let lives = 0; lives < 100; lives++) {
      const training = openTraining({ config, text: '', ...(resume && { resume }) }, native)
      const next = training.events().next()
      resume = training.checkpoint()
      if (next.done) break
      if (next.value.kind !== 'step') events.push(next.value)
      if (next.value.kind === 'done') break
    }
    expect(events).toEqual(expected)
    expect(hash(resume!)).toBe(hash(whole.checkpoint()))
    expect(expected.some((e) => e.kind === 'sample' && e.pictures!.pictures.length === 8)).toBe(true)
  })

  it('natively as in plain loops', () => {
    for (const cell of ['mdrnn', 'md-lstm']) {
      const config = configOf({
        model: { cell, layers: 2 },
        train: { steps: 3 },
        optimizer: { name: 'sgd', lr: 0.1 },
        logging: { evalEvery: 0, sampleEvery: 0 },
      })
      const [plain, fast] = [reference, native].map((executor) => {
        const training = openTraining({ config, text: '' }, executor)
        finish(training)
        return readCheckpoint(training.checkpoint()).tensors
      })
      for (const [name, { data }] of plain!) expectClose(fast!.get(name)!.data, data, 2e-5, name)
    }
  })

  it.skipIf(native.id !== 'native')('is the same to the bit with 1 and 2 threads', () => {
    const config = configOf({
      model: { hidden: 24 },
      train: { batch: 16, steps: 3 },
      logging: { evalEvery: 0, sampleEvery: 0 },
    })
    const [one, two] = [1, 2].map((threads) => {
      const training = openTraining({ config, text: '' }, chooseExecutor('native', threads).executor)
      finish(training)
      return hash(training.checkpoint())
    })
    expect(two).toBe(one)
  })

  it('tells bits per pixel as nats over ln 2, and validates every run on the same pictures', () => {
    const measured = [5, 6].map((seed) => {
      const config = configOf({ seed, train: { steps: 1 }, logging: { sampleEvery: 0 } })
      const last = finish(openTraining({ config, text: '' }, native)).flatMap((e) =>
        e.kind === 'metrics' && e.values['val/loss'] !== undefined ? [e.values] : [],
      )[0]!
      expect(last['val/bits_per_pixel']).toBeCloseTo(last['val/loss']! / Math.LN2, 6)
      expect(last['val/accuracy']).toBeGreaterThan(0)
      return last['val/loss']
    })
    expect(measured[0]).not.toBe(measured[1])
    const data = configOf({}).data as Parameters<typeof validationImage>[0]
    expect(validationImage(data, 3)).toEqual(validationImage(data, 3))
    expect(validationImage(data, 3)).not.toEqual(validationImage(data, 4))
  })

  it('costs what the plan says', () => {
    const config = configOf({})
    const plan = planRun(config, '', native, 2 ** 32)
    const training = openTraining({ config, text: '' }, native)
    expect(plan).toMatchObject({
      memoryBytes: training.memoryBytes,
      parameters: training.parameters,
      symbolsPerStep: 128,
      totalSteps: 5,
    })
  })
})
