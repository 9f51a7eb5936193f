// Messages of the configuration's door: they name the option that was meant and the range that holds.
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { parseConfig } from '../../src-main/contract/validate.ts'

const refusal = (config: unknown): UnrollError => {
  try {
    parseConfig(config)
  } catch (error) {
    if (error instanceof UnrollError) return error
  }
  throw new Error('was not refused')
}

describe('a configuration that is refused', () => {
  it.each([
    [
      { train: { lerning_rate: 0.1 } },
      'E_CONFIG_UNKNOWN',
      'train.lerning_rate: unknown option; did you mean train.lr?',
    ],
    [{ learning_rate: 0.1 }, 'E_CONFIG_UNKNOWN', 'learning_rate: unknown option; did you mean train.lr?'],
    [{ hiden: 3 }, 'E_CONFIG_UNKNOWN', 'did you mean model.hidden?'],
    [{ data: { kind: 'text', datset: 'x' } }, 'E_CONFIG_UNKNOWN', 'did you mean dataset?'],
    [{ zzzzzzzz: 3 }, 'E_CONFIG_UNKNOWN', 'known here: version, name'],
    [{ model: { hidden: 0 } }, 'E_CONFIG_RANGE', 'model.hidden: must be at least 1'],
    [{ model: { hidden: 1e6 } }, 'E_CONFIG_RANGE', 'model.hidden: must be at most 16,384'],
    [{ train: { lr: 0 } }, 'E_CONFIG_RANGE', 'train.lr: must be more than 0'],
    [{ train: { lr: NaN } }, 'E_CONFIG_RANGE', 'received NaN'],
    [{ train: { lr: '1e-3' } }, 'E_CONFIG_RANGE', 'received string'],
    [{ seed: 1.5 }, 'E_SEED', 'seed'],
    [{ name: 'x'.repeat(201) }, 'E_NAME', '201 characters'],
    [{ train: { steps: 0, epochs: 0 } }, 'E_CONFIG_RANGE', 'never end'],
    [{ train: { window: 4, stride: 5 } }, 'E_CONFIG_RANGE', 'longer than the window'],
    [{ version: 2 }, 'E_CONFIG_VERSION', 'format 2'],
    [JSON.parse('{"__proto__":{"x":1}}'), 'E_CONFIG_KEY', '__proto__'],
    [[], 'E_CONFIG_RANGE', 'expected an object'],
  ])('%j: %s, %s', (config, code, words) => {
    const error = refusal(config)
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
  })

  it('names every fault at once', () => {
    const { details } = refusal({ model: { hidden: 0, layers: 99 }, train: { lr: -1 } })
    expect(details?.issues?.map((i) => i.path)).toEqual(['model.hidden', 'model.layers', 'train.lr'])
  })
})
