// The advice for a run that diverged follows its own settings, and each piece of it is a setting that the configuration takes.
import { expect, it } from 'vitest'
import { adviceInTerminal } from '../../src-main/contract/advice.ts'
import { divergedAt, divergedError, lastFinite, milderSettings } from '../../src-main/contract/diverged.ts'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'

const advice = (train: object) =>
  milderSettings(parseConfig({ train }) as RunConfig).map(({ path, value }) => `${path}=${value}`)

it('turns clipping on where it is off, tightens it where it is loose, and leaves it where it is tight', () => {
  expect(advice({ lr: 0.003, clip: 0 })).toEqual(['optimizer.lr=0.0003', 'optimizer.clipNorm=1'])
  expect(advice({ lr: 0.5, clip: 50 })).toEqual(['optimizer.lr=0.05', 'optimizer.clipNorm=1'])
  expect(advice({ lr: 0.02, clip: 0.5 })).toEqual(['optimizer.lr=0.002'])
})

it('names only what the run uses', () => {
  expect(advice({ optimizer: 'hessianfree', damping: 2, clip: 0 })).toEqual(['optimizer.damping=20'])
  expect(advice({ lr: 1, clip: 1, precision: 'bf16', loss: 'mse' })).toEqual([
    'optimizer.lr=0.1',
    'train.loss=auto',
    'runtime.precision=f32',
  ])
})

it('says the present value and the step, and is taken by the configuration', () => {
  const config = parseConfig({ optimizer: { lr: 0.003, clipNorm: 0 } }) as RunConfig
  expect(divergedError(910, 'loss is NaN', { id: 'r', config })).toEqual({
    code: 'E_DIVERGED',
    message:
      'Step 910: loss is NaN. Start again or fork from an earlier checkpoint with optimizer.lr=0.0003 (now 0.003), optimizer.clipNorm=1 (now off).',
    details: {
      step: 910,
      advice: { action: 'fork', run: 'r', settings: ['optimizer.lr=0.0003', 'optimizer.clipNorm=1'] },
    },
  })
  expect(adviceInTerminal(divergedError(910, 'loss is NaN', { id: 'r', config }).details!.advice!)).toBe(
    'unroll fork r --set optimizer.lr=0.0003 --set optimizer.clipNorm=1',
  )
  for (const { path, value } of milderSettings(config)) {
    const [group, key] = path.split('.') as [string, string]
    expect(() => parseConfig({ [group]: { [key]: value } })).not.toThrow()
  }
})

it('finds the newest checkpoint of a step before the failing one', () => {
  const checkpoints = [{ step: 910 }, { step: 900 }, { step: 500 }]
  const error = divergedError(910, 'loss is NaN', { id: 'r', config: parseConfig({}) as RunConfig })
  expect(lastFinite({ error, step: 910 }, checkpoints)).toEqual({ step: 900 })
  expect(lastFinite({ error: null, step: 910 }, checkpoints)).toEqual({ step: 910 })
  expect(lastFinite({ error, step: 910 }, [{ step: 910 }])).toBeUndefined()
  const { details: _details, ...old } = error
  expect(divergedAt({ error: old, step: 910 })).toBe(910)
})
