// Commands that ask: lists and comparisons of runs, texts in colours, samples; what they print and what they call.
import { describe, expect, it } from 'vitest'
import { catalog as realCatalog } from '../../../src-main/engine/index.ts'
import { exits } from '../../../src-main/shells/cli/exits.ts'
import { fakeApp } from '../../standIn/app.ts'
import { runId, runRow } from '../fakeRuns.ts'
import { unroll, type Setting } from './terminal.ts'

describe('looking at runs', () => {
  it('lists them, harmlessly', async () => {
    const { out } = await unroll(['runs'])
    expect(out.split('\n')).toHaveLength(6)
    expect(out).toMatch(/finished +10\/40 +NaN/)
    expect((await unroll(['runs', '--search', 'zzz'])).out).toBe('No run fits.\n')
    const { objects } = await unroll(['runs', '--json'])
    expect(objects).toMatchObject([
      { total: 4, runs: [{ id: runId(1), summaries: [{ last: 'NaN', max: 'Infinity' }] }, {}, {}, {}] },
    ])
  })

  it.each([['first'], [runId(1)], ['01k1']])('knows a run as %s', async (word) => {
    expect((await unroll(['show', word, '--json'])).objects).toMatchObject([
      { run: { id: runId(1) }, checkpoints: [{ loss: 'NaN' }] },
    ])
  })

  it('knows the last one', async () => {
    expect((await unroll(['show', 'last', '--json'])).objects).toMatchObject([{ run: { id: runId(4) } }])
    const none = fakeApp({ 'runs.list': () => ({ runs: [], total: 0 }) })
    expect(await unroll(['show', 'last'], { app: none })).toMatchObject({
      exit: 66,
      err: expect.stringContaining('no runs yet'),
    })
  })

  it.each([
    ['secnd', /did you mean "second"/],
    ['0'.repeat(26), /no such run/],
    ['\u001b[2J', /␛\[2J: no run/],
  ])('does not know %j', async (word, message) => {
    const outcome = await unroll(['show', word], { tty: true })
    expect(outcome).toMatchObject({ exit: 66, err: expect.stringMatching(message) })
  })

  it('compares, stops, and pauses', async () => {
    const { out } = await unroll(['compare', 'first', 'second'])
    expect(out).toMatch(/model\.hidden +128 +256/)
    expect((await unroll(['compare', 'first', 'second', '--json'])).objects).toMatchObject([
      { metrics: [{ last: ['NaN', 'NaN'] }] },
    ])
    expect((await unroll(['stop', 'first', '--json'])).objects).toMatchObject([
      { id: runId(1), status: 'stopped' },
    ])
    expect(await unroll(['pause', 'first'])).toMatchObject({ exit: exits.E_STATE })
  })

  it('says what the doctor found', async () => {
    expect(await unroll(['doctor'])).toMatchObject({ exit: 65, out: 'FAULT  store: damaged\n' })
  })

  it('prints the catalogue', async () => {
    const { out } = await unroll(['catalog'])
    for (const word of ['prose', 'lstm', 'model.hidden', 'optimizer.lr']) expect(out).toContain(word)
  })

  it('prints of the catalogue what a name means', async () => {
    const lines = (await unroll(['catalog', 'optimizer.lr'])).out.trim().split('\n')
    expect(lines).toEqual([expect.stringMatching(/^setting/), expect.stringMatching(/^optimizer\.lr /)])
    const cell = (await unroll(['catalog', 'lstm'])).out
    expect(cell).toMatch(/^lstm/m)
    expect(cell).not.toContain('train.')
    expect(await unroll(['catalog', 'learning_rate'])).toMatchObject({
      exit: exits.E_NOT_FOUND,
      err: expect.stringContaining('did you mean optimizer.lr?'),
    })
  })

  it('names every setting in the help of train, on lines that fit', async () => {
    const { out } = await unroll(['train', '--help'])
    const {
      tasks,
      fields: { model, train },
    } = realCatalog()
    const words = new Set(out.split(/\s+/))
    for (const { path } of [...tasks.flatMap(({ fields }) => fields), ...model, ...train])
      expect(words, path).toContain(path.split('.')[1])
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(out).toContain('"unroll catalog optimizer.lr" explains one')
  })
})

describe('looking inside', () => {
  it('colours a text on a terminal, in as many colours as it has', async () => {
    const grid = ['inspect', 'first', '--unit', '1']
    const rich = (await unroll(grid, { tty: true, env: { COLORTERM: 'truecolor' } })).out
    expect(rich).toContain('\u001b[48;2;33;102;172;38;5;231ma\u001b[0m')
    expect(rich).toContain('⏎')
    expect(rich).not.toContain('\u001b\u001b')
    expect((await unroll(grid, { tty: true })).out).toMatch(/48;5;\d+/)
    const colourless: Setting[] = [
      {},
      { tty: true, env: { NO_COLOR: '1' } },
      { tty: true, env: { TERM: 'dumb' } },
    ]
    for (const setting of colourless) {
      expect((await unroll(grid, setting)).out).toContain('0\t"a"\t-1\n1\t"\\n"\t0\n2\t"\\u001b"\t1\n')
    }
  })

  it('counts layers from 1, here and in JSON', async () => {
    const { objects, app } = await unroll([
      'inspect',
      'first',
      '--text',
      'ab',
      '--layer',
      '2',
      '--signal',
      'c',
      '--unit',
      '1',
      '--json',
    ])
    expect(objects).toEqual([
      {
        run: runId(1),
        step: 10,
        layer: 2,
        signal: 'c',
        unit: 1,
        units: 2,
        lo: -1,
        hi: 1,
        tokens: ['a', '\n', '\u001b'],
        values: [-1, 0, 1],
        surprisal: ['NaN', 1, 2],
      },
    ])
    expect(app.calls.at(-1)!.input).toMatchObject({ layer: 1, text: 'ab', signal: 'c' })
    const found = await unroll(['inspect', 'first', '--find', 'quote', '--json'])
    expect(found.objects).toMatchObject([
      { predicate: 'quote', dense: { layer: 1 }, scores: [{ layer: 1, unit: 12, auc: 0.995 }] },
    ])
    const { out, app: asked } = await unroll(['inspect', 'first', '--find', 'between("\\"","\\"")'])
    expect(asked.calls.at(-1)!.input).toMatchObject({ predicate: 'between("\\"","\\"")' })
    expect(out).toMatch(/1 +c +12 +0\.995 +0\.97 +high/)
    expect(out).toMatch(/shuffled labels: AUC up to 0\.6; random label per symbol 0\.7/)
    expect(out).toMatch(/all units of c in layer 1 together: AUC 1 \(random label per symbol 0\.98\)/)
  })

  it('prints nothing of a text that is refused', async () => {
    const { exit, out, err } = await unroll(['sample', 'second', '--prime', 'Al'])
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(/no text/)
  })

  it('writes the very symbols into files, and signs for control characters on a terminal', async () => {
    const wild = 'a\r\u200f\u202e\u009b\u001b[2Jb'
    const argv = ['sample', 'first', '--prime', wild]
    expect((await unroll(argv)).out).toBe(`${wild}early \n`)
    const json = [...argv, '--json']
    expect((await unroll(json)).out).toContain('\u202e')
    for (const command of [argv, json]) {
      const outcome = await unroll(command, { tty: true })
      // eslint-disable-next-line no-control-regex
      expect(outcome.out).not.toMatch(/[\r\u200f\u202e\u009b\u001b]/)
      if (command === json) expect(outcome.objects).toMatchObject([{ prime: wild, text: 'early ' }])
    }
  })

  it('shows names, notes and errors as they are unless on a terminal', async () => {
    const name = 'x\u202e\u001b]0;t\u0007'
    const app = () => fakeApp({ 'runs.list': () => ({ runs: [runRow(1, name)], total: 1 }) })
    for (const argv of [['runs'], ['show', `${name}?`]]) {
      const [file, screen] = [
        await unroll(argv, { app: app() }),
        await unroll(argv, { app: app(), tty: true }),
      ]
      expect(file.out + file.err).toContain(name)
      expect(screen.out + screen.err).toContain('x<202e>␛]0;t␇')
    }
  })

  it('writes text as it comes, of its own job only', async () => {
    expect(await unroll(['sample', 'first', '--prime', 'Al'])).toMatchObject({ exit: 0, out: 'Alearly \n' })
    const { objects, app } = await unroll([
      'sample',
      'first',
      '--length',
      '9',
      '--top-k',
      '3',
      '--top-p',
      '0.5',
      '--temperature',
      '0',
      '--json',
    ])
    expect(objects).toMatchObject([{ run: runId(1), seed: 7, step: 10, text: 'early ' }])
    expect(app.calls.at(-1)!.input).toMatchObject({ length: 9, topK: 3, topP: 0.5, temperature: 0 })
  })
})
