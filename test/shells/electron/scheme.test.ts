// The scheme that serves the page to a window.
import { describe, expect, it } from 'vitest'
import { contentPolicy } from '../../../src-main/shells/headers.ts'
import { start } from './startFake.ts'

describe('the scheme', () => {
  it('serves the files of the map under the strict policy', async () => {
    const { electron } = await start()
    const answer = electron.schemeHandlers.get('unroll')!
    const html = answer(new Request('unroll://app/'))
    expect([html.status, await html.text()]).toEqual([200, '<!doctype html><title>Unroll</title>'])
    expect(html.headers.get('content-security-policy')).toBe(contentPolicy)
    expect(html.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer(new Request('unroll://app/assets/index-abcdefgh.js')).headers.get('content-type')).toMatch(
      /javascript/,
    )
  })

  it.each([
    'unroll://app/../package.json',
    'unroll://app/%2e%2e/package.json',
    'unroll://app/..%2fpackage.json',
    'unroll://app/..%5cpackage.json',
    'unroll://app//etc/passwd',
    'unroll://app/assets',
    'unroll://app/assets/../../../etc/passwd',
    'unroll://evil/index.html',
    'unroll://app.evil/index.html',
    'unroll://user@app/index.html',
    'file:///etc/passwd',
    'unroll://app/index.html%00',
    'unroll://app/__proto__',
  ])('finds nothing at %s', async (url) => {
    const reply = (await start()).electron.schemeHandlers.get('unroll')!({ url, method: 'GET' } as Request)
    expect([reply.status, await reply.text()]).toEqual([404, 'Not found'])
  })

  it('answers nothing but GET', async () => {
    const reply = (await start()).electron.schemeHandlers.get('unroll')!({
      url: 'unroll://app/',
      method: 'POST',
    } as Request)
    expect(reply.status).toBe(404)
  })
})
