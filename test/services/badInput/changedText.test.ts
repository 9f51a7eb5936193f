// Bad-input catalogue, row 21: a text that is not what a run began with.
import { mkdirSync, writeFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { UnrollError } from '../../../src-main/contract/errors.ts'
import { codeOf, freshFolder } from '../../store/folder.ts'
import { hasStatus, openApp, shortRun } from '../apps.ts'
import { long } from './textFiles.ts'

describe('21: a text that is not what a run began with', () => {
  it.each(['removed', 'edited', 'deleted by hand'])('%s: resume is refused', async (how) => {
    const dataDir = freshFolder()
    const app = await openApp({ dataDir })
    const { id: dataset, sha256 } = await app.call('data.import', { name: 'x.txt', bytes: Buffer.from(long) })
    const { id } = await app.call('runs.launch', {
      config: { ...shortRun({ steps: 100_000 }), data: { kind: 'text', dataset } },
    })
    await hasStatus(app, id, 'running')
    expect(await codeOf(() => app.call('data.remove', { id: dataset }))).toBe('E_STATE')
    await app.call('runs.pause', { id })
    const file = join(dataDir, 'datasets', sha256)
    if (how === 'removed') await app.call('data.remove', { id: dataset })
    else if (how === 'edited') writeFileSync(file, `${long}.`)
    else {
      mkdirSync(join(dataDir, 'away'))
      renameSync(file, join(dataDir, 'away', 'x'))
    }
    const error = await app.call('runs.resume', { id }).then(
      () => undefined,
      (e: unknown) => e as UnrollError,
    )
    expect(error?.code).toBe('E_DATA_CHANGED')
    expect(error!.message).toMatch(/start a new run/)
    if (how !== 'removed')
      expect((await app.call('app.doctor', {})).checks.find((c) => c.name === 'texts')!.message).toContain(
        'text x',
      )
  })
})
