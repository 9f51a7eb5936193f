// Bad-input catalogue, rows 76 and 80: ids and arguments of every command.
import { describe, expect, it } from 'vitest'
import { api } from '../../../src-main/contract/api.ts'
import type { App } from '../../../src-main/app.ts'
import { codeOf } from '../../store/folder.ts'
import { openApp } from '../apps.ts'
import { failure } from './failure.ts'

describe('arguments', () => {
  const gone = '0'.repeat(26)
  const call = (app: App, name: string, input: unknown) =>
    app.call(name as 'runs.get', input as { id: string })

  it('80: every command that takes the id of a run says when there is none', async () => {
    const app = await openApp()
    const more: Record<string, object> = {
      'runs.export': { what: 'metrics' },
      'inspect.find': { predicate: 'quote' },
      'inspect.unit': { unit: 0 },
      'inspect.cell': { unit: 0 },
      'inspect.causal': { unit: 0 },
      'inspect.patch': { clean: 'ab', corrupted: 'cb' },
      'inspect.effect': { variants: [['L1.h[0]=flip']] },
      'inspect.claims': {
        claims: [{ key: 'quote', name: 'quote', predicate: 'quote', layer: 0, signal: 'c' }],
      },
      'sample.rates': { variants: [], predicate: 'quote' },
      'inspect.predicates': { predicates: ['quote'] },
      'apply.texts': { texts: ['a text'] },
      'inspect.spanMatches': { from: 0, to: 1 },
      'runs.pin': { pin: null },
      'inspect.match': { other: { id: gone } },
      'runs.compare': { ids: [gone, gone] },
    }
    const byId = Object.entries(api).filter(
      ([, { input }]) =>
        ('id' in input.shape && input.shape.id.safeParse(gone).success) || 'ids' in input.shape,
    )
    expect(byId.length).toBeGreaterThan(12)
    for (const [name, { input }] of byId) {
      if (name.startsWith('data.')) continue
      const ids = 'ids' in input.shape ? { ids: [gone] } : { id: gone }
      expect([name, await codeOf(() => call(app, name, { ...ids, ...more[name] }))]).toEqual([
        name,
        'E_NOT_FOUND',
      ])
    }
  })

  it('76 and 80: what has the wrong shape is refused by key path, without a crash', async () => {
    const app = await openApp()
    const wrong: [string, unknown, RegExp][] = [
      ['runs.get', { id: '../../etc/passwd' }, /id: expected a run id/],
      ['runs.get', { id: `${gone}0` }, /id/],
      ['runs.get', null, /object/],
      ['runs.get', 'x', /object/],
      ['runs.get', {}, /id/],
      ['runs.get', { id: gone, more: 1 }, /more: unknown option/],
      ['runs.list', { limit: -1 }, /limit/],
      ['runs.list', { limit: NaN }, /limit/],
      ['runs.list', { offset: 1.5 }, /offset/],
      ['runs.list', { search: 'x'.repeat(1001) }, /search/],
      ['data.import', { name: 'x', bytes: [1, 2, 3] }, /bytes: expected bytes/],
      ['data.import', { name: 'x', bytes: new SharedArrayBuffer(4) }, /bytes/],
      ['sample.start', { id: gone, temperature: NaN }, /temperature/],
      ['inspect.find', { id: gone, predicate: '' }, /predicate/],
      ['inspect.find', { id: gone, predicate: '('.repeat(2001) }, /predicate/],
      ['inspect.find', { id: gone, predicate: ['quote'] }, /predicate/],
      ['sample.start', { id: gone, topP: 0 }, /topP/],
      ['apply.texts', { id: gone, texts: [] }, /texts/],
      ['apply.texts', { id: gone, texts: ['a'], beam: 0 }, /beam/],
      ['apply.texts', { id: gone, texts: ['a'], beam: 2, lengthPenalty: -1 }, /lengthPenalty/],
      ['apply.images', { id: gone, files: [{ name: 'a.png', bytes: 'x' }] }, /bytes/],
      ['apply.series', { id: gone, values: ['1'] }, /values/],
      ['apply.series', { id: gone, values: [1], ahead: 0 }, /ahead/],
      ['apply.texts', { id: gone, texts: ['x'.repeat(200_001)] }, /texts/],
      ['inspect.answers', { id: gone, least: 1.5 }, /least/],
      ['inspect.answers', { id: gone, order: 'worst' }, /order/],
      ['apply.heldOut', { id: gone, example: -1 }, /example/],
      ['settings.set', { maxRunning: 0 }, /maxRunning/],
    ]
    for (const [name, input, message] of wrong) {
      const error = await failure(() => call(app, name, input))
      expect([name, error?.code]).toEqual([name, 'E_ARG'])
      expect(error!.message).toMatch(message)
    }
    expect(
      await codeOf(() => call(app, 'runs.get', JSON.parse(`{"id":"${gone}","__proto__":{"a":1}}`))),
    ).toBe('E_CONFIG_KEY')
    expect(await codeOf(() => call(app, 'runs.gett', {}))).toBe('E_NOT_FOUND')
    expect(await codeOf(() => call(app, 'toString', {}))).toBe('E_NOT_FOUND')
    expect((await app.call('runs.list', { limit: 1e9 })).runs).toEqual([])
  })
})
