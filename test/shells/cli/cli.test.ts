// Every command through its front door: what it prints, what it calls, how it fails.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorCodes, UnrollError } from '../../../src-main/contract/errors.ts'
import { exits } from '../../../src-main/shells/cli/exits.ts'
import { fakeApp } from '../fakeApp.ts'
import { fakeRuns, runId } from '../fakeRuns.ts'
import { unroll, type Setting } from './terminal.ts'

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
    [['train', '--seed', 'abc'], /--seed: "abc" is not a number/],
    [['train', '--seed', '0x10'], /not a number/],
    [['train', '--seed', ''], /not a number/],
    [['train', '--set', 'train.steps'], /expected key=value/],
    [['train', '--set', '=1'], /expected key=value/],
    [['train', '--set', 'train.steps=1', '--set', 'train.steps=2'], /set twice/],
    [['train', '--preset', 'alice'], /needs a text: alice\.txt\. Name it with --data FILE/],
    [['trian'], /unknown command 'trian'/],
    [['data', 'lost'], /too many arguments|unknown command/],
    [['runs', '--status', 'nice'], /Allowed choices are queued/],
    [['runs', '--limit', '-1'], /limit/],
    [['export', 'first', '--what', 'all'], /Allowed choices are weights/],
    [['inspect', 'first', '--find', 'beauty'], /Allowed choices are quote/],
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

describe('train', () => {
  const launched = async (argv: string[], setting = {}) => {
    const outcome = await unroll(['train', ...argv, '--json'], setting)
    const call = outcome.app.calls.find(({ name }) => name === 'runs.launch')
    return { ...outcome, config: (call?.input as { config: Record<string, unknown> } | undefined)?.config }
  }

  it('prints launched, metrics, samples, finished', async () => {
    const { exit, objects } = await unroll(['train', '--preset', 'prose', '--set', 'train.steps=4', '--json'])
    expect(exit).toBe(0)
    expect(objects[0]).toMatchObject({
      event: 'launched',
      run: runId(9),
      totalSteps: 4,
      config: { train: { steps: 4 } },
    })
    expect(objects.slice(1, -1)).toEqual([
      { event: 'metrics', run: runId(9), step: 1, values: { 'train/loss': 4, 'validation/loss': 5 } },
      { event: 'metrics', run: runId(9), step: 2, values: { 'train/loss': 2, 'validation/loss': 3 } },
      { event: 'sample', run: runId(9), step: 2, at: 0, text: 'abc\u001b[31m' },
      { event: 'metrics', run: runId(9), step: 3, values: { 'train/loss': 'NaN', 'validation/loss': 'NaN' } },
      { event: 'metrics', run: runId(9), step: 4, values: { 'train/loss': 1, 'validation/loss': 2 } },
    ])
    expect(objects.at(-1)).toMatchObject({
      event: 'finished',
      run: runId(9),
      status: 'finished',
      step: 4,
      error: null,
    })
  })

  it('puts preset, file and flags together, the later wins', async () => {
    const path = file(
      'run.json',
      '\ufeff{"model":{"hidden":64,"layers":2},"train":{"lr":0.1},"name":"from file"}',
    )
    const flags = [
      '--config',
      path,
      '--set',
      'model.hidden=256',
      '--set',
      'model.cell=gru',
      '--name',
      '2',
      '--seed',
      '5',
      '--threads',
      '2',
    ]
    const { exit, config } = await launched(['--preset', 'prose', ...flags])
    expect(exit).toBe(0)
    expect(config).toEqual({
      preset: 'prose',
      name: '2',
      seed: 5,
      data: { kind: 'text', dataset: 'prose' },
      model: { hidden: 256, layers: 2, cell: 'gru' },
      train: { steps: 40, lr: 0.1, threads: 2 },
    })
  })

  it('knows a text by id, and takes in a file', async () => {
    expect((await launched(['--data', 'prose', '--set', 'train.steps=1'])).config).toMatchObject({
      data: { kind: 'text', dataset: 'prose' },
    })
    const { config, app } = await launched([
      '--preset',
      'alice',
      '--data',
      file('alice.txt', 'text'),
      '--set',
      'train.steps=1',
    ])
    expect(config).toMatchObject({ preset: 'alice', data: { kind: 'text', dataset: 'imported' } })
    expect(app.calls.find(({ name }) => name === 'data.importFile')!.input).toEqual({
      path: join(dir, 'alice.txt'),
      decode: 'strict',
    })
  })

  it.each<[string[], number, string, RegExp]>([
    [['--preset', 'pros'], 66, 'E_NOT_FOUND', /did you mean prose/],
    [['--data', 'pross'], 66, 'E_NOT_FOUND', /did you mean prose/],
    [['--set', 'model.hiden=1'], 65, 'E_CONFIG_UNKNOWN', /did you mean model\.hidden/],
    [['--set', 'hidden=1'], 65, 'E_CONFIG_UNKNOWN', /did you mean model\.hidden/],
    [['--set', 'lerning_rate=1'], 65, 'E_CONFIG_UNKNOWN', /--set lerning_rate: unknown key/],
    [['--set', '__proto__.x=1'], 65, 'E_CONFIG_KEY', /not allowed/],
    [['--set', 'constructor.prototype.x=1'], 65, 'E_CONFIG_KEY', /not allowed/],
    [['--set', 'model.hidden=0'], 65, 'E_CONFIG_RANGE', /model\.hidden/],
    [['--set', 'model.hidden="256"'], 65, 'E_CONFIG_RANGE', /model\.hidden/],
    [['--set', 'model.hidden=256.5'], 65, 'E_CONFIG_RANGE', /model\.hidden/],
    [['--set', 'train.lr=NaN'], 65, 'E_CONFIG_RANGE', /train\.lr/],
    [['--set', 'train.lr=1e400'], 65, 'E_CONFIG_RANGE', /train\.lr/],
    [['--seed', '-1'], 65, 'E_SEED', /seed/],
    [['--seed', '1.5'], 65, 'E_SEED', /seed/],
    [['--seed', '18446744073709551616'], 65, 'E_SEED', /seed/],
    [['--name', 'a\nb'], 65, 'E_NAME', /line break/],
    [['--config', '/nowhere.json'], 66, 'E_PATH', /no such file/],
    [['--config', dir], 66, 'E_NOT_A_FILE', /regular file/],
    [['--config', '/dev/zero'], 66, 'E_NOT_A_FILE', /regular file/],
    [['--config', 'a\u0000b'], 66, 'E_PATH', /NUL/],
    [['--config', 'x'.repeat(5000)], 66, 'E_PATH', /too long/],
    [['--config', file('list.json', '[]')], 65, 'E_CONFIG_RANGE', /expected an object/],
    [['--config', file('new.json', '{"version":99}')], 65, 'E_CONFIG_VERSION', /99/],
    [['--config', file('big.json', new Uint8Array((1 << 20) + 1))], 65, 'E_CONFIG_SIZE', /at most 1048576/],
  ])('refuses %j', async (argv, exit, code, message) => {
    const { app, ...outcome } = await unroll(['train', ...argv, '--json'])
    expect(outcome).toMatchObject({
      exit,
      objects: [{ event: 'error', code, message: expect.stringMatching(message) }],
    })
    expect(app.calls.filter(({ name }) => name === 'data.importFile')).toEqual([])
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('shows a run that failed, with the error of the run as exit code', async () => {
    const app = fakeRuns({ fails: new UnrollError('E_DISK', 'the disk is full') })
    const { exit, out } = await unroll(['train', '--preset', 'prose'], { app })
    expect([exit, out]).toEqual([74, expect.stringContaining('the disk is full (E_DISK)')])
  })

  it('draws one line over and over on a terminal, plain lines elsewhere, one summary when quiet', async () => {
    const argv = ['train', '--preset', 'prose', '--set', 'train.steps=5']
    const terminal = (await unroll(argv, { tty: true })).out
    expect(terminal).toContain('\r\u001b[K')
    expect(terminal).toMatch(/step 4\/5 80% {2}loss 1 {2}val 2 {2}ETA 0:00/)
    const plain = (await unroll(argv)).out
    expect([plain.includes('\r'), plain.includes('\u001b')]).toEqual([false, false])
    expect(plain.match(/^step \d\/5/gm)).toHaveLength(5)
    expect(plain).toContain('abc␛[31m')
    const quiet = (await unroll([...argv, '--quiet'])).out
    expect(quiet).toBe(`finished at step 5 after 0:01  ${runId(9)}\n`)
  })

  it('resumes a run and follows it', async () => {
    const { exit, objects, app } = await unroll(['resume', 'first', '--json'])
    expect([exit, objects.at(-1)]).toMatchObject([
      0,
      { event: 'finished', run: runId(1), status: 'finished' },
    ])
    expect(app.calls.map(({ name }) => name)).toContain('runs.resume')
  })
})

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
    expect(await unroll(['show', word])).toMatchObject({ exit: 66, err: expect.stringMatching(message) })
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
    for (const word of ['prose', 'lstm', 'model.hidden', 'train.lr']) expect(out).toContain(word)
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
      expect((await unroll(grid, setting)).out).toContain('0\t"a"\t-1\n1\t"\\n"\t0\n2\t"␛"\t1\n')
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
        surprise: ['NaN', 1, 2],
      },
    ])
    expect(app.calls.at(-1)!.input).toMatchObject({ layer: 1, text: 'ab', signal: 'c' })
    const found = await unroll(['inspect', 'first', '--find', 'quote', '--json'])
    expect(found.objects).toMatchObject([
      { predicate: 'quote', scores: [{ layer: 1, unit: 12, auc: 0.995 }] },
    ])
    expect((await unroll(['inspect', 'first', '--find', 'quote'])).out).toMatch(
      /1 +c +12 +0\.995 +0\.97 +high/,
    )
  })

  it('prints nothing of a text that is refused', async () => {
    const { exit, out, err } = await unroll(['sample', 'second', '--prime', 'Al'])
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(/no text/)
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
    expect(await unroll(['export', 'first', '--out', join(dir, 'folder')])).toMatchObject({ exit: 73 })
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
      { name: 'data.importFile', input: { path: join(dir, 'a.txt'), decode: 'latin-1' } },
    ])
    expect(await unroll(['import', join(dir, 'none.safetensors')])).toMatchObject({ exit: 66 })
    expect((await unroll(['data', 'import', file('a.txt', 'x')])).app.calls[0]!.name).toBe('data.importFile')
  })

  it('lists, shows and removes texts', async () => {
    expect((await unroll(['data'])).out).toMatch(/prose +1 kB +1000 +utf-8 +built in +Prose/)
    expect((await unroll(['data', 'show', 'prose'])).out).toMatch(/symbols +2: ␣ ␛/)
    expect((await unroll(['data', 'remove', 'prose', '--json'])).objects).toEqual([{ id: 'prose' }])
    expect(await unroll(['data', 'show', '../x'])).toMatchObject({ exit: 2 })
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
