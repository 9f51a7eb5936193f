// Messages of the configuration's door: they name the option that was meant and the range that holds.
import { describe, expect, it, vi } from 'vitest'
import { api } from '../../src-main/contract/api.ts'
import { nearest, UnrollError } from '../../src-main/contract/errors.ts'
import { parseWith } from '../../src-main/contract/validate.ts'
import { parseConfig } from '../../src-main/engine/config.ts'

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
      'train.lerning_rate: unknown option; did you mean optimizer.lr?',
    ],
    [{ learning_rate: 0.1 }, 'E_CONFIG_UNKNOWN', 'learning_rate: unknown option; did you mean optimizer.lr?'],
    [{ hiden: 3 }, 'E_CONFIG_UNKNOWN', 'did you mean model.hidden?'],
    [{ data: { kind: 'text', datset: 'x' } }, 'E_CONFIG_UNKNOWN', 'did you mean dataset?'],
    [{ zzzzzzzz: 3 }, 'E_CONFIG_UNKNOWN', 'known here: version, name'],
    [{ model: { hidden: 0 } }, 'E_CONFIG_RANGE', 'model.hidden: must be at least 1'],
    [{ model: { hidden: 1e6 } }, 'E_CONFIG_RANGE', 'model.hidden: must be at most 16,384'],
    [{ optimizer: { lr: 0 } }, 'E_CONFIG_RANGE', 'optimizer.lr: must be more than 0'],
    [{ optimizer: { lr: NaN } }, 'E_CONFIG_RANGE', 'received NaN'],
    [{ optimizer: { lr: '1e-3' } }, 'E_CONFIG_RANGE', 'received string'],
    [{ seed: 1.5 }, 'E_SEED', 'seed'],
    [{ name: 'x'.repeat(201) }, 'E_NAME', '201 characters'],
    [{ train: { steps: 0, epochs: 0 } }, 'E_CONFIG_RANGE', 'never end'],
    [{ train: { window: 4, stride: 5 } }, 'E_CONFIG_RANGE', 'longer than the window'],
    [{ version: 5 }, 'E_CONFIG_VERSION', 'format 5'],
    [JSON.parse('{"__proto__":{"x":1}}'), 'E_CONFIG_KEY', '__proto__'],
    [[], 'E_CONFIG_RANGE', 'expected an object'],
  ])('%j: %s, %s', (config, code, words) => {
    const error = refusal(config)
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
  })

  it('names every fault at once', () => {
    const { details } = refusal({ model: { hidden: 0, layers: 99 }, optimizer: { lr: -1 } })
    expect(details?.issues?.map((i) => i.path)).toEqual(['model.hidden', 'model.layers', 'optimizer.lr'])
  })
})

/** How often `act` compares characters (one `Math.min` per cell of the table) and words (one `toLowerCase` each). */
function workOf(act: () => unknown): { characters: number; words: number } {
  const cells = vi.spyOn(Math, 'min')
  const words = vi.spyOn(String.prototype, 'toLowerCase')
  try {
    act()
    return { characters: cells.mock.calls.length, words: words.mock.calls.length }
  } finally {
    cells.mockRestore()
    words.mockRestore()
  }
}

it.each([
  ['runs.launch', 'config: is missing.'],
  ['runs.get', 'id: is missing; expected string.'],
] as const)('%s without its input names what is missing', (command, message) => {
  expect(() => parseWith(api[command].input, {}, 'E_ARG', command)).toThrow(`${command}: ${message}`)
})

describe('a hostile configuration costs no more than a slip', () => {
  const misspelt = (count: number, length = 0) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`learning_rite_${i}`.padEnd(length, 'x'), i]))

  it('the first 20 unknown keys are told, with the number of the others, and only they are compared', () => {
    const { message, details } = refusal({ train: misspelt(1000) })
    expect(details?.issues).toHaveLength(20)
    expect(message).toMatch(/; and 980 more\.$/)
    expect(message.length).toBeLessThan(5000)
    const [few, many] = [20, 5000].map((count) => workOf(() => refusal({ train: misspelt(count) })))
    expect(many).toEqual(few)
    expect(many!.characters).toBeLessThan(500_000)
  })

  it('long words are not compared with anything', () => {
    expect(workOf(() => nearest('x'.repeat(1_000_000), ['lr', 'layers'])).characters).toBe(0)
    expect(workOf(() => refusal({ train: misspelt(20, 10_000) })).characters).toBe(0)
    expect(workOf(() => nearest('x', ['x'.repeat(100_000)])).characters).toBe(0)
    expect(refusal({ train: misspelt(20, 10_000) }).message.length).toBeLessThan(5000)
  })

  it('of 5,000 wrong values 20 are told', () => {
    const options = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`o${i}`, null]))
    const { message, details } = refusal({ model: { options } })
    expect(details?.issues).toHaveLength(20)
    expect(message).toContain('and 4,980 more'.replace(',', ''))
  })

  it.each<[string, unknown, string]>([
    ['a cycle', (() => { const a: unknown[] = []; a.push(a, a); return { name: 'a', train: a } })(), 'E_CONFIG_SIZE'],
    ['bytes', { name: new Uint8Array(2 << 20) }, 'E_CONFIG_SIZE'],
    ['a long list', { train: new Array(1_000_000).fill(0) }, 'E_CONFIG_SIZE'],
    ['half a pair of surrogates as a name', { name: 'a\ud800' }, 'E_ARG'],
    ['half a pair of surrogates as a key', { 'a\udc00': 1 }, 'E_ARG'],
    ['half a pair of surrogates in an option', { model: { options: { x: '\ud83d' } } }, 'E_ARG'],
  ])('%s is refused', (_, config, code) => {
    const { code: found, message } = refusal(config)
    expect(found).toBe(code)
    expect(message.isWellFormed()).toBe(true)
  }) // prettier-ignore

  it('lists longer than any command takes, and branching cycles, end early', () => {
    const cycle: { ids: unknown[] } = { ids: [] }
    cycle.ids.push(cycle, cycle, cycle)
    for (const input of [{ ids: new Array(1_000_000).fill('x') }, cycle]) {
      const reads = vi.spyOn(Object, 'keys')
      expect(() => parseWith(api['runs.trash'].input, input, 'E_ARG', 'runs.trash')).toThrow(/values|levels/)
      expect(reads.mock.calls.length).toBeLessThan(60_000)
      reads.mockRestore()
    }
  })
})
