// `unroll inspect --export`: the finding as a file of the kind that its name says.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { fakeRuns } from '../fakeRuns.ts'
import { unroll } from './terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'unroll-export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const app = fakeRuns()
const inspect = (...argv: string[]) => unroll(['inspect', 'first', ...argv], { app })

it('writes the coloured text as a page, a picture or a table', async () => {
  for (const [ending, part] of [
    ['html', '<pre>'],
    ['svg', '<svg '],
    ['csv', 'position,symbol,value,surprisal\r\n0,'],
  ] as const) {
    const path = join(folder, `text.${ending}`)
    const { exit, out } = await inspect('--signal', 'c', '--unit', '1', '--export', path)
    expect([exit, out.startsWith(path)]).toEqual([0, true])
    const written = readFileSync(path, 'utf8')
    expect(written).toContain(part)
    if (ending !== 'csv')
      for (const fact of ['first', 'c 1, layer 1', ' symbols, validation text'])
        expect(written).toContain(fact)
    else expect(written.trim().split('\r\n').length).toBeGreaterThan(2)
  }
})

it.each([
  [['--find', 'quote'], 'predicate,step,layer,signal,unit,auc'],
  [['--card', '--unit', '3'], 'layer,signal,unit,list,position,value,before,symbol,after'],
  [['--effect', 'L1.c[0]=set(0)'], 'step,interventions,class,predicate,symbols,loss,change'],
  [['--ablate', 'set(0)', '--signal', 'c'], 'step,interventions,class,predicate,symbols,loss,change'],
])('writes the table of %j', async (flags, head) => {
  const path = join(folder, `${flags[0]}.csv`)
  const { objects } = await inspect(...flags, '--export', path, '--json')
  const written = readFileSync(path, 'utf8')
  expect(written).toContain(head)
  expect(written.split('\r\n').length).toBeGreaterThan(2)
  expect(objects).toEqual([{ run: expect.any(String), file: path, bytes: Buffer.byteLength(written) }])
})

it('colours one unit in its own range', async () => {
  const rangeOf = async (...more: string[]) =>
    (await inspect('--signal', 'c', '--unit', '0', '--json', ...more)).objects[0] as {
      lo: number
      hi: number
      values: number[]
    }
  const [shared, own] = [await rangeOf(), await rangeOf('--own-range')]
  expect(own.hi).toBeCloseTo(Math.max(...own.values.map(Math.abs)), 6)
  expect(own.lo).toBe(-own.hi)
  expect(own.hi).not.toBe(shared.hi)
  expect((await inspect('--find', 'quote', '--own-range')).err).toMatch(
    /--own-range: that is for the coloured/,
  )
})

it('replaces a file only if told to, and refuses other formats before it asks the model', async () => {
  const path = join(folder, 'twice.svg')
  expect((await inspect('--export', path)).exit).toBe(0)
  expect((await inspect('--export', path)).err).toMatch(/exists already/)
  expect((await inspect('--export', path, '--force')).exit).toBe(0)
  const asked = app.calls.length
  expect((await inspect('--export', join(folder, 'a.png'))).err).toMatch(/must end in \.html, \.svg, \.csv/)
  expect((await inspect('--find', 'quote', '--export', 'a.svg')).err).toMatch(
    /table; its file must end in \.csv/,
  )
  expect((await inspect('--saturation', '--export', 'a.csv')).err).toMatch(/--export: there is no file/)
  expect((await inspect('--force')).err).toMatch(/--force: that is for --export/)
  expect(app.calls.slice(asked).filter((call) => JSON.stringify(call).includes('inspect.'))).toEqual([])
})
