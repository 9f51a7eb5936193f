// Bad-input catalogue, row 34: notes, tags and colours.
import { describe, expect, it } from 'vitest'
import { codeOf } from '../../store/folder.ts'
import { openApp, rowOf, shortRun } from '../apps.ts'

describe('notes, tags, colours', () => {
  it('come back as they were, or are refused', async () => {
    const app = await openApp()
    const { id } = await app.call('runs.launch', { config: shortRun({ steps: 1 }) })
    const notes = `NUL \0 tab\t ${'\u202e'}<script>${'😀'.repeat(1000)}\r\n`
    await app.call('runs.update', {
      id,
      notes,
      tags: [' a ', 'b', 'a'],
      color: '#00ff7f',
      pinned: true,
      name: 'new',
    })
    expect(await rowOf(app, id)).toMatchObject({
      notes,
      tags: ['a', 'b'],
      color: '#00ff7f',
      pinned: true,
      name: 'new',
    })
    expect((await app.call('runs.list', { search: '<SCRIPT>' })).total).toBe(1)
    for (const [change, code] of [
      [{ name: '' }, 'E_NAME'],
      [{ name: '\u0007' }, 'E_NAME'],
      [{ notes: 'half \ud800' }, 'E_ARG'],
      [{ color: '20' }, 'E_ARG'],
      [{ color: 'url(x)' }, 'E_ARG'],
      [{ tags: [''] }, 'E_ARG'],
      [{ pinned: 1 as unknown as boolean }, 'E_ARG'],
      [{ colour: '1' } as object, 'E_ARG'],
    ] as const) {
      expect([
        change,
        await codeOf(() => app.call('runs.update', { id, ...change } as { id: string })),
      ]).toEqual([change, code])
    }
  })
})
