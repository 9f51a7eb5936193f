// The menu: import through its own dialog.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import type { fakeElectron } from './fakeElectron.ts'
import { start } from './startFake.ts'

describe('the menu', () => {
  const click = async (electron: ReturnType<typeof fakeElectron>, label: string) =>
    electron.menu.flatMap((item) => item.submenu ?? []).find((item) => item.label === label)!.click!()

  it('imports what was chosen in its own dialog, by path, without the page', async () => {
    const { electron, app } = await start({ 'data.importFile': () => ({}), 'runs.import': () => ({}) })
    await click(electron, 'Import text…')
    expect(app.calls).toEqual([])
    electron.chosen = ['/tmp/alice.txt']
    await click(electron, 'Import text…')
    expect(app.calls).toEqual([
      { name: 'data.importFile', input: { path: '/tmp/alice.txt', decode: 'strict', settings: {} } },
    ])
    const file = join(mkdtempSync(join(tmpdir(), 'unroll-')), 'w.safetensors')
    writeFileSync(file, 'weights')
    electron.chosen = [file]
    await click(electron, 'Import run…')
    expect(app.calls[1]).toMatchObject({
      name: 'runs.import',
      input: { name: 'w.safetensors', trust: false },
    })
    expect(Buffer.from((app.calls[1]!.input as { bytes: Uint8Array }).bytes).toString()).toBe('weights')
  })

  it('tells of a failure', async () => {
    const { electron } = await start({
      'data.importFile': () => {
        throw new UnrollError('E_DATA_EMPTY', 'x.txt is empty')
      },
    })
    electron.chosen = ['/tmp/x.txt']
    await click(electron, 'Import text…')
    electron.chosen = ['/nowhere/at/all']
    await click(electron, 'Import run…')
    expect(electron.errors).toEqual([
      ['Import text', 'x.txt is empty'],
      ['Import run', expect.stringContaining('no such file')],
    ])
  })
})
