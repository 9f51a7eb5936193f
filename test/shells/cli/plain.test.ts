// The small pure parts of the terminal's door: figures, tables, colours, folders, openers.
import { describe, expect, it } from 'vitest'
import type { TextSignals } from '../../../src-main/contract/inspect.ts'
import { openerFor } from '../../../src-main/shells/cli/browser.ts'
import { duration, figure, rate, size, table } from '../../../src-main/shells/cli/format.ts'
import { steps } from '../../../src-main/shells/cli/follow.ts'
import { colouredText, heatColor, widestUnit } from '../../../src-main/shells/cli/heat.ts'
import { toPlainJson } from '../../../src-main/shells/cli/plainJson.ts'
import { merge } from '../../../src-main/shells/cli/trainConfig.ts'
import { chooseDataDir } from '../../../src-main/shells/dataDir.ts'
import { escapeControls, escapeControlsInJson } from '../../../src-main/shells/escapeControls.ts'
import { hidePaths } from '../../../src-main/shells/publicError.ts'

describe('figures', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1234, '1234'],
    [0.123456, '0.1235'],
    [12.34567, '12.35'],
    [1e-5, '1e-5'],
    [1234567, '1.235e+6'],
    [0.000123456, '1.235e-4'],
    [0.001, '0.001'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [null, '—'],
    [undefined, '—'],
  ])('%d is %s', (value, text) => expect(figure(value)).toBe(text))

  it('rates, sizes and times', () => {
    expect([999, 41_234, 2.5e6].map(rate)).toEqual(['999', '41.2k', '2.5M'])
    expect([0, 999, 1500, 4e6, 1e13].map(size)).toEqual(['0 B', '999 B', '1.5 kB', '4 MB', '10 TB'])
    expect([-1, 0, 61, 3661].map(duration)).toEqual(['0:00', '0:00', '1:01', '1:01:01'])
  })

  it('stand in columns, whatever the names are', () => {
    expect(
      table(
        ['name', 'n>'],
        [
          ['a\nb', '1'],
          ['cccccc', '22'],
        ],
      ),
    ).toEqual(['name     n', 'a b      1', 'cccccc  22'])
  })
})

describe('text', () => {
  it('loses its power over the terminal and keeps its letters', () => {
    expect(escapeControls('a\u001b[31m\u0007\u202eb\u009b\tc\nd é 👩‍👩‍👧')).toBe('a␛[31m␇<202e>b<9b>\tc\nd é 👩‍👩‍👧')
  })

  it('in JSON becomes harmless without changing', () => {
    const value = { text: 'a\u009b\u202eb\u0007\n' }
    const json = escapeControlsInJson(JSON.stringify(value))
    expect(json).toBe('{"text":"a\\u009b\\u202eb\\u0007\\n"}')
    expect(JSON.parse(json)).toEqual(value)
  })

  it('loses its paths', () => {
    expect(
      hidePaths(`${process.cwd()}/x.ts and /etc/a/b.txt, and/or "C:\\Users\\me\\x.txt" http://h/a/b 1/2`),
    ).toBe('<program>/x.ts and …/b.txt, and/or "…\\x.txt" http://h/a/b 1/2')
  })
})

describe('JSON for programs', () => {
  it('names what JSON has no number for', () => {
    const value = {
      a: NaN,
      b: [Infinity, { c: -Infinity }],
      f: Float32Array.of(1, NaN),
      n: null,
      s: 'NaN',
      u: undefined,
    }
    expect(JSON.stringify(toPlainJson(value))).toBe(
      '{"a":"NaN","b":["Infinity",{"c":"-Infinity"}],"f":[1,"NaN"],"n":null,"s":"NaN"}',
    )
  })

  it('puts columns together by step, in order', () => {
    const column = (name: string, at: number[], values: number[]) => ({
      name,
      steps: Float64Array.from(at),
      values: Float64Array.from(values),
      times: Float64Array.from(at),
    })
    expect(steps([column('a', [2, 1], [20, 10]), column('b', [2], [NaN])])).toEqual([
      { step: 1, values: { a: 10 } },
      { step: 2, values: { a: 20, b: NaN } },
    ])
  })
})

describe('heat', () => {
  const grid: TextSignals = {
    tokens: ['a', 'b'],
    spaces: ['', ' '],
    layer: 0,
    signal: 'c',
    units: 3,
    values: Float32Array.of(0, 5, 1, 0, -5, NaN),
    lo: -5,
    hi: 5,
    surprisal: new Float32Array(2),
    nextIds: new Int32Array(2),
    nextProbabilities: new Float32Array(2),
    k: 1,
    vocabulary: [],
    step: 1,
  }

  it('goes from blue over white to red, and grey is no number', () => {
    expect([-1, 0, 0.5, 1, 2, NaN].map(heatColor)).toEqual([
      [33, 102, 172],
      [33, 102, 172],
      [247, 247, 247],
      [178, 24, 43],
      [178, 24, 43],
      [128, 128, 128],
    ])
  })

  it('finds the unit that moves, and gives the same text back', () => {
    expect(widestUnit(grid)).toBe(1)
    // eslint-disable-next-line no-control-regex
    expect(colouredText(grid, Float32Array.of(5, -5), 24).replace(/\u001b\[[\d;]*m/g, '')).toBe('a b')
  })
})

describe('configurations', () => {
  it('are put on top of each other, and another task replaces all of the data', () => {
    const base = { task: 'a', data: { unit: 'word' }, train: { steps: 2 }, optimizer: { lr: 1 } }
    expect(merge(base, { optimizer: { lr: 3 }, data: { unit: 'char' } })).toEqual({
      task: 'a',
      data: { unit: 'char' },
      train: { steps: 2 },
      optimizer: { lr: 3 },
    })
    expect(merge(base, { task: 'b', data: { bits: 3 } })).toMatchObject({ task: 'b', data: { bits: 3 } })
    expect(merge(base, { task: 'b' }).data).toEqual({})
    expect(base).toEqual({ task: 'a', data: { unit: 'word' }, train: { steps: 2 }, optimizer: { lr: 1 } })
  })
})

describe('the data folder', () => {
  const home = () => '/home/x'
  it.each<[string | undefined, Record<string, string>, NodeJS.Platform, string]>([
    [undefined, {}, 'linux', '/home/x/.local/share/unroll'],
    [undefined, { XDG_DATA_HOME: '/data' }, 'linux', '/data/unroll'],
    [undefined, { XDG_DATA_HOME: 'relative' }, 'linux', '/home/x/.local/share/unroll'],
    [undefined, {}, 'darwin', '/home/x/Library/Application Support/Unroll'],
    [undefined, { UNROLL_HOME: '/u' }, 'linux', '/u'],
    ['/flag', { UNROLL_HOME: '/u' }, 'linux', '/flag'],
    ['~/runs', {}, 'linux', '/home/x/runs'],
    ['~', {}, 'linux', '/home/x'],
    [undefined, { UNROLL_HOME: '~/u' }, 'linux', '/home/x/u'],
    ['', { UNROLL_HOME: '' }, 'linux', '/home/x/.local/share/unroll'],
  ])('is, for %j %j on %s, %s', (flag, env, platform, expected) => {
    expect(chooseDataDir(flag || undefined, env, platform, home)).toBe(expected)
  })

  it('is not looked up below the home of somebody else', () =>
    expect(() => chooseDataDir('~bob/runs', {}, 'linux', home)).toThrow(
      /~bob\/runs: .* Write it in full, or \.\/~bob/,
    ))

  it.each([
    () => '',
    () => '/',
    () => {
      throw new Error('ENOENT')
    },
  ])('needs a home, or to be told', (none) => {
    expect(() => chooseDataDir(undefined, {}, 'linux', none)).toThrow(
      expect.objectContaining({ code: 'E_STORE_PLACE', message: expect.stringContaining('--data-dir') }),
    )
    expect(chooseDataDir('/x', {}, 'linux', none)).toBe('/x')
  })
})

describe('the browser', () => {
  it.each<[NodeJS.Platform, Record<string, string>, string | undefined]>([
    ['darwin', {}, 'open'],
    ['win32', {}, 'rundll32'],
    ['linux', { DISPLAY: ':0' }, 'xdg-open'],
    ['linux', { WAYLAND_DISPLAY: 'w' }, 'xdg-open'],
    ['linux', {}, undefined],
    ['linux', { DISPLAY: ':0', SSH_CONNECTION: 'x' }, undefined],
  ])('on %s with %j is opened by %s', (platform, env, program) => {
    expect(openerFor('http://x', platform, env)?.[0]).toBe(program)
  })
})
