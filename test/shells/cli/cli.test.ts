// Every command through its front door: what it prints, what it calls, how it fails.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorCodes, UnrollError } from '../../../src-main/contract/errors.ts'
import { exits } from '../../../src-main/shells/cli/exits.ts'
import { fakeApp } from '../../standIn/app.ts'
import { fakeCatalog as catalog } from '../../standIn/data.ts'
import { dataset, datasetDetail, fakeRuns, runId } from '../fakeRuns.ts'
import { unroll } from './terminal.ts'

const dir = mkdtempSync(join(tmpdir(), 'unroll-cli-'))
const file = (name: string, text: string | Uint8Array = '') => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

describe('usage', () => {
  it.each<[string[], RegExp]>([
    [['train', '--lr=-1'], /unknown option '--lr=-1'/],
    [['train', '--presett', 'prose'], /Did you mean --preset\?/],
    [['train', '--preset'], /argument missing/],
    [['train', '--preset', 'prose', '--preset', 'prose'], /--preset is given twice/],
    [['train', '--data-dir', 'a', '--data-dir', 'b'], /--data-dir is given twice/],
    [['train', '--quiet', '--quiet'], /--quiet is given twice/],
    [['export', 'first', '--out', '-rf'], /write --out=-rf/],
    [['train', '--name', '--quiet'], /--name needs a value/],
    [['train', '--seed', '0,5'], /--seed: "0,5": write a point before the decimals: 0\.5/],
    [['train', '--seed', 'abc'], /--seed: "abc" is not a number/],
    [['train', '--seed', '0x10'], /not a number/],
    [['train', '--seed', ''], /not a number/],
    [['train', '--set', 'train.steps'], /expected key=value/],
    [['train', '--set', '=1'], /expected key=value/],
    [['train', '--set', 'train.steps=1', '--set', 'train.steps=2'], /set twice/],
    [
      ['train', '--set', 'model.layers=8/6', '--set', 'model.hidden=9'],
      /model\.layers is 8\/6, which takes its place/,
    ],
    [['train', '--seed', '1', '--set', 'seed=2'], /--set seed: --seed is given too/],
    [['train', '--name', 'a', '--set', 'name=b'], /--name is given too/],
    [['train', '--threads', '1', '--set', 'runtime.threads=2'], /--threads is given too/],
    [['train', '--data', 'prose', '--set', 'data.dataset=prose'], /--data is given too/],
    [['train', '--set', 'preset=prose'], /choose a preset with --preset ID/],
    [['import', 'a.txt', '--name', 'b'], /--name: this file is a text/],
    [['import', 'a.txt', '--trust'], /--trust: this file is a text/],
    [['import', 'w.safetensors', '--decode', 'skip'], /--decode: this file holds weights/],
    [['export', 'first', '--what', 'config', '--step', '3'], /--step: that is for weights/],
    [['inspect', 'first', '--find', 'quote', '--layer', '2'], /--layer: all layers and units are ranked/],
    [['inspect', 'first', '--text', 'a', '--offset', '2'], /--offset: the whole of --text is read/],
    [['inspect', 'first', '--picture', '2'], /--picture: this run reads text/],
    [['inspect', 'first', '--top', '2'], /--top: that is for --find/],
    [['train', '--preset', 'alice'], /needs a text: alice\.txt\. Name it with --data FILE/],
    [['trian'], /unknown command 'trian'/],
    [['data', 'lost'], /too many arguments|unknown command/],
    [['runs', '--status', 'nice'], /Allowed choices are queued/],
    [['runs', '--limit', '-1'], /limit/],
    [['export', 'first', '--what', 'all'], /Allowed choices are weights/],
    [['inspect', 'first', '--find', 'beauty'], /beauty/],
    [['inspect', 'first', '--layer', '0'], /layers count from 1/],
    [['inspect', 'first', '--layer', '3'], /this run has 2/],
    [['inspect', 'first', '--layer', '1.5'], /layers count from 1/],
    [['inspect', 'first', '--unit', '2'], /units 0 to 1/],
    [['show'], /missing required argument/],
    [['show', 'first', 'second'], /too many arguments/],
    [['show', 'twin'], /2 runs fit: 01k3/],
    [['show', '01k'], /4 runs fit/],
    [['compare', 'first'], /at least two/],
    [['compare', 'first', 'first'], /at least two/],
    [['serve', '--host', '0.0.0.0', '--no-open', '--port', '0'], /ssh -L/],
  ])('%j exits with 2 and says why', async (argv, message) => {
    const { exit, err, out, app } = await unroll(argv)
    expect([exit, err]).toEqual([2, expect.stringMatching(message)])
    expect(err).toContain('unroll --help')
    expect(err).not.toMatch(/\.ts:\d/)
    expect(out).toBe('')
    expect(app.calls.filter(({ name }) => name === 'runs.launch')).toEqual([])
  })

  it('prints the usage error as one object with --json too', async () => {
    const { exit, objects } = await unroll(['train', '--lr=-1', '--json'])
    expect([exit, objects]).toEqual([
      2,
      [{ event: 'error', code: 'E_ARG', message: "unknown option '--lr=-1'" }],
    ])
  })

  it('honours -- and takes a value that begins with a dash when it is written with =', async () => {
    const app = fakeRuns()
    expect(await unroll(['show', '--', '--preset'], { app })).toMatchObject({ exit: 66 })
    expect(
      await unroll(['train', '--name=--quiet', '--set', 'train.steps=1', '--json'], { app }),
    ).toMatchObject({ exit: 0 })
    expect(app.calls.find(({ name }) => name === 'runs.launch')!.input).toMatchObject({
      config: { name: '--quiet' },
    })
    expect(await unroll(['sample', 'first', '--prime', '- he said', '--temperature', '-1'])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('temperature'),
    })
  })

  it('helps', async () => {
    for (const argv of [['--help'], ['train', '--help'], ['data', 'import', '-h'], ['help', 'sample']]) {
      expect(await unroll(argv)).toMatchObject({
        exit: 0,
        err: '',
        out: expect.stringContaining('Usage: unroll'),
      })
    }
    expect((await unroll(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('exit codes', () => {
  it('every error code has one of sysexits', () => {
    for (const code of errorCodes)
      expect([code, [2, 65, 66, 70, 73, 74, 75, 77].includes(exits[code])]).toEqual([code, true])
  })

  it.each([
    ['E_DB_CORRUPT', 65],
    ['E_NOT_FOUND', 66],
    ['E_WORKER', 70],
    ['E_STORE_PLACE', 73],
    ['E_DISK', 74],
    ['E_DB_BUSY', 75],
    ['E_STORE_READONLY', 77],
  ] as const)('%s from the app is %d', async (code, exit) => {
    const app = fakeApp({
      'data.list': () => {
        throw new UnrollError(code, 'it went wrong. Do this.')
      },
    })
    expect(await unroll(['data'], { app })).toMatchObject({
      exit,
      out: '',
      err: `unroll: it went wrong. Do this. (${code})\n`,
    })
    expect((await unroll(['data', '--json'], { app })).objects).toEqual([
      { event: 'error', code, message: 'it went wrong. Do this.' },
    ])
    expect(app.closed).toBe(true)
  })

  it('an app that cannot open is told like any error, and one that cannot close too', async () => {
    const closing = Object.assign(fakeRuns(), {
      close: () => Promise.reject(new UnrollError('E_DISK', 'full')),
    })
    expect(await unroll(['data'], { app: closing })).toMatchObject({
      exit: 74,
      err: 'unroll: full (E_DISK)\n',
    })
  })
})

describe('files', () => {
  it('exports, and replaces nothing without --force', async () => {
    const path = join(dir, 'weights.bin')
    const argv = ['export', 'first', '--what', 'weights', '--out', path, '--json']
    expect((await unroll(argv)).objects).toEqual([{ run: runId(1), what: 'weights', file: path, bytes: 16 }])
    expect(readFileSync(path, 'utf8')).toBe('bytes of weights')
    writeFileSync(path, 'precious')
    expect(await unroll(argv)).toMatchObject({ exit: 73, objects: [{ code: 'E_EXISTS' }] })
    expect(readFileSync(path, 'utf8')).toBe('precious')
    expect(await unroll([...argv, '--force'])).toMatchObject({ exit: 0 })
    expect(readFileSync(path, 'utf8')).toBe('bytes of weights')
    expect(await unroll(['export', 'first', '--out', join(dir, 'no', 'folder')])).toMatchObject({ exit: 66 })
    expect(existsSync(join(dir, 'no'))).toBe(false)
    mkdirSync(join(dir, 'folder'))
    for (const more of [[], ['--force']]) {
      const { exit, err } = await unroll(['export', 'first', '--out', join(dir, 'folder'), ...more])
      expect([exit, err]).toEqual([
        66,
        expect.stringMatching(/folder: it is a folder \(EISDIR\).* Name a file\. \(E_NOT_A_FILE\)/),
      ])
    }
    const long = await unroll(['export', 'first', '--out', join(dir, 'x'.repeat(300))])
    expect([long.exit, long.err]).toEqual([
      66,
      expect.stringMatching(/the name is too long \(ENAMETOOLONG\).* Take a shorter one\./),
    ])
    const below = await unroll(['export', 'first', '--out', join(path, 'w.bin')])
    expect([below.exit, below.err]).toEqual([66, expect.stringMatching(/a part of the path is not a folder/)])
  })

  it('exports to stdout, byte for byte', async () => {
    expect(await unroll(['export', 'first', '--what', 'metrics', '--out', '-'])).toMatchObject({
      exit: 0,
      out: 'bytes of metrics',
    })
  })

  it('imports weights as a run, and anything else as a text', async () => {
    const run = await unroll(['import', file('w.safetensors', 'weights'), '--json'])
    expect(run).toMatchObject({
      exit: 0,
      objects: [{ run: { name: 'w.safetensors' }, warnings: [{ code: 'W_MODEL_NONFINITE' }] }],
      err: expect.stringContaining('one Inf'),
    })
    for (const name of ['w.pt', 'w.pkl', 'w.h5']) {
      const { app } = await unroll(['import', file(name, 'x')])
      expect(app.calls.map((call) => call.name)).toEqual(['runs.import'])
    }
    const text = await unroll(['import', file('a.txt', 'x'), '--decode', 'latin-1'])
    expect(text.app.calls).toEqual([
      { name: 'data.importFile', input: { path: join(dir, 'a.txt'), decode: 'windows-1252', settings: {} } },
    ])
    expect(await unroll(['import', join(dir, 'none.safetensors')])).toMatchObject({ exit: 66 })
    expect((await unroll(['data', 'import', file('a.txt', 'x')])).app.calls[0]!.name).toBe('data.importFile')
  })

  it('lists, shows and removes texts', async () => {
    expect((await unroll(['data'])).out).toMatch(/prose +1 kB +1000 +utf-8 +built in +Prose/)
    expect((await unroll(['data', 'show', 'prose'])).out).toMatch(/symbols +2: ␣ ␛/)
    expect((await unroll(['data', 'show', 'prose'])).out).toContain('The words are invented.')
    expect((await unroll(['data', 'remove', 'prose', '--json'])).objects).toEqual([{ id: 'prose' }])
  })

  it('finds a text by its id or its name, and names the nearest', async () => {
    const texts = [
      dataset,
      { ...dataset, id: 'yelp', name: 'yelp.tsv' },
      { ...dataset, id: 'a', name: 'twin.txt' },
      { ...dataset, id: 'b', name: 'twin.txt' },
    ]
    const app = () =>
      fakeApp({
        'data.list': () => texts,
        'data.get': ({ id }: { id: string }) => ({ ...datasetDetail, id }),
        'data.remove': ({ id }: { id: string }) => ({ id }),
      })
    for (const word of ['yelp', 'yelp.tsv']) {
      expect((await unroll(['data', 'show', word, '--json'], { app: app() })).objects).toMatchObject([
        { id: 'yelp' },
      ])
      expect((await unroll(['data', 'remove', word, '--json'], { app: app() })).objects).toEqual([
        { id: 'yelp' },
      ])
    }
    const refused = async (word: string) => (await unroll(['data', 'show', word], { app: app() })).err
    expect(await refused('yelp.tsw')).toMatch(/no text has this id or name; did you mean yelp\.tsv\?/)
    expect(await refused('../x')).toMatch(/no text has this id or name\. "unroll data" lists them/)
    expect(await refused('twin.txt')).toMatch(/2 texts have this name\. Give the id: a, b/)
    expect(await refused('package.json')).toMatch(
      /A file of this name is here: take it in with "unroll data import"/,
    )
  })

  it('says how a file that is not UTF-8 can be read, with a flag that this command has', async () => {
    const app = fakeApp({
      'data.list': () => [dataset],
      'catalog.get': () => catalog,
      'data.importFile': () => {
        throw new UnrollError('E_UTF8', 'x is not UTF-8.', { encoding: 'koi8-r' })
      },
    })
    for (const argv of [['data', 'import'], ['import'], ['train', '--data'], ['graph', '--data']]) {
      expect((await unroll([...argv, file('koi.txt', 'x')], { app })).err).toContain('--decode koi8-r')
      const read = [...argv, join(dir, 'koi.txt'), '--decode', 'KOI8-R']
      expect((await unroll(read, { app })).app.calls.at(-1)!.input).toMatchObject({ decode: 'koi8-r' })
    }
  })
})

describe('paths that begin with ~', () => {
  it('are below the home folder, or refused, for every flag and file', async () => {
    const imported = await unroll(['data', 'import', '~/a.txt'])
    expect(imported.app.calls[0]!.input).toMatchObject({ path: join(homedir(), 'a.txt') })
    const trained = await unroll(['train', '--data', '~/a.txt', '--json'])
    expect(trained.app.calls.find(({ name }) => name === 'data.importFile')!.input).toMatchObject({
      path: join(homedir(), 'a.txt'),
    })
    for (const argv of [
      ['export', 'first', '--out', '~nobody/w.bin'],
      ['train', '--data', '~nobody/a.txt'],
      ['train', '--config', '~nobody/run.json'],
      ['import', '~nobody/w.safetensors'],
      ['data', '--data-dir=~nobody/x'],
    ])
      expect(await unroll(argv)).toMatchObject({ exit: 66, err: expect.stringContaining('Write it in full') })
  })
})

describe('the data folder', () => {
  it('is what --data-dir says, before or after the command, else UNROLL_HOME', async () => {
    const dataDirs: string[] = []
    await unroll(['--data-dir', '/a', 'data'], { dataDirs })
    await unroll(['data', '--data-dir', '/b'], { dataDirs, env: { UNROLL_HOME: '/c' } })
    await unroll(['data'], { dataDirs, env: { UNROLL_HOME: '/c' } })
    expect(dataDirs).toEqual(['/a', '/b', '/c'])
  })
})
