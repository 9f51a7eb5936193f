// `train` and `resume` through the front door: what is launched, what is told of it while it runs, how it fails.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import { dataset, fakeRuns, runId } from '../fakeRuns.ts'
import { unroll } from './terminal.ts'

const dir = mkdtempSync(join(tmpdir(), 'unroll-cli-'))
const file = (name: string, text: string | Uint8Array = '') => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

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
      { event: 'metrics', run: runId(9), step: 1, values: { 'train/loss': 4, 'val/loss': 5 } },
      { event: 'metrics', run: runId(9), step: 2, values: { 'train/loss': 2, 'val/loss': 3 } },
      { event: 'sample', run: runId(9), step: 2, at: 0, text: 'abc\u001b[31m' },
      { event: 'metrics', run: runId(9), step: 3, values: { 'train/loss': 'NaN', 'val/loss': 'NaN' } },
      { event: 'metrics', run: runId(9), step: 4, values: { 'train/loss': 1, 'val/loss': 2 } },
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
      task: 'language-model',
      data: { dataset: 'prose' },
      model: { hidden: 256, layers: 2, cell: 'gru' },
      train: { steps: 40 },
      optimizer: { lr: 0.1 },
      runtime: { threads: 2 },
    })
  })

  it('knows a text by id, and takes in a file', async () => {
    expect((await launched(['--data', 'prose', '--set', 'train.steps=1'])).config).toMatchObject({
      task: 'language-model',
      data: { dataset: 'prose' },
    })
    const { config, app } = await launched([
      '--preset',
      'alice',
      '--data',
      file('alice.txt', 'text'),
      '--set',
      'train.steps=1',
    ])
    expect(config).toMatchObject({ preset: 'alice', task: 'language-model', data: { dataset: 'imported' } })
    expect(app.calls.find(({ name }) => name === 'data.importFile')!.input).toEqual({
      path: join(dir, 'alice.txt'),
      decode: 'strict',
      settings: {},
    })
  })

  it('tells what the plan warns of, before anything is trained', async () => {
    const warnings = [{ path: 'data.dataset', message: 'the text is short\u202e.' }]
    const argv = ['train', '--preset', 'prose', '--set', 'train.steps=2']
    for (const more of [[], ['--quiet'], ['--json']]) {
      const { err, objects } = await unroll([...argv, ...more], { app: fakeRuns({ warnings }) })
      expect(err).toBe('warning: data.dataset: the text is short\u202e.\n')
      if (more[0] === '--json') expect(objects[0]).toMatchObject({ event: 'launched', warnings })
    }
    expect((await unroll(['show', 'first'], { app: fakeRuns({ warnings }) })).out).toContain(
      'warning data.dataset: the text is short',
    )
  })

  it('takes a file before a text of the same id or name, and says so; a folder is no file', async () => {
    const texts = [
      dataset,
      { ...dataset, id: 'docs', name: 'Papers' },
      { ...dataset, id: 'old', name: 'LICENSE' },
    ]
    const trained = (argv: string[]) => {
      const app = fakeRuns()
      app.handlers['data.list'] = () => texts
      return launched([...argv, '--set', 'train.steps=1'], { app })
    }
    // LICENSE is a file of the folder that tests run in, docs a folder.
    const taken = await trained(['--data', 'LICENSE'])
    expect(taken.config).toMatchObject({ data: { dataset: 'imported' } })
    expect(taken.err).toMatch(/--data LICENSE: the file was taken\. The text old is another one/)
    for (const word of ['docs', 'Papers'])
      expect((await trained(['--data', word])).config).toMatchObject({ data: { dataset: 'docs' } })
    for (const word of ['old', 'LICENSE']) {
      const { config, err } = await trained(['--set', 'task=language-model', '--set', `data.dataset=${word}`])
      expect([config, err]).toMatchObject([{ data: { dataset: 'old' } }, ''])
    }
    expect((await trained(['--data', 'Paper'])).err).toMatch(
      /neither a file nor a text; did you mean Papers\?/,
    )
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
    [['--set', 'optimizer.lr=NaN'], 65, 'E_CONFIG_RANGE', /optimizer\.lr/],
    [['--set', 'optimizer.lr=1e400'], 65, 'E_CONFIG_RANGE', /optimizer\.lr/],
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
    expect(plain).not.toContain('\r')
    expect(plain.match(/^step \d\/5/gm)).toHaveLength(5)
    expect(plain.replace('abc\u001b[31m', '')).not.toContain('\u001b')
    expect(plain).toContain('abc\u001b[31m')
    expect(terminal).toContain('abc␛[31m')
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
