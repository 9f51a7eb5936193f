// Paths over real sockets: ways out of the folder lead nowhere; the files of the page are served.
import { describe, expect, it } from 'vitest'
import { request } from './raw.ts'
import { start } from './startServer.ts'

describe('paths', () => {
  const parts = [
    '..',
    '%2e%2e',
    '%252e%252e',
    '..%2f',
    '%2e%2e%2f',
    '..%5c',
    '..\\',
    '.%00.',
    '..;',
    '....//',
    '%c0%ae%c0%ae',
    '%uff0e',
    '//',
  ]
  const roots = ['', '/assets', '/assets-evil', '/call', '/static']
  const targets = ['etc/passwd', 'package.json', 'index.html', '%65tc/passwd']
  const all = roots.flatMap((root) =>
    parts.flatMap((a) => parts.flatMap((b) => targets.map((target) => `${root}/${a}/${b}/${target}`))),
  )

  it(`answer 404 to ${all.length} ways out of the folder`, async () => {
    const { port } = await start()
    for (let i = 0; i < all.length; i += 40) {
      const replies = await Promise.all(
        all.slice(i, i + 40).map((path) => request(port, { method: 'GET', path })),
      )
      for (const [j, reply] of replies.entries()) {
        expect([all[i + j], reply.status === 404 || reply.status === 400]).toEqual([all[i + j], true])
        expect(reply.body).not.toMatch(/root:|"name"|<title>/)
      }
    }
  })

  it('serves the files of the map with their types and lets them be kept', async () => {
    const { port } = await start()
    const html = await request(port, { method: 'GET', path: '/', without: ['origin'] })
    expect(html).toMatchObject({ status: 200, body: '<!doctype html><title>Unroll</title>' })
    expect(html.headers.get('content-type')).toEqual(['text/html; charset=utf-8'])
    expect(html.headers.get('cache-control')).toEqual(['no-cache'])
    const script = await request(port, { method: 'GET', path: '/assets/index-abcdefgh.js' })
    expect(script.headers.get('cache-control')).toEqual(['public, max-age=31536000, immutable'])
    const known = await request(port, {
      method: 'GET',
      path: '/',
      headers: [['if-none-match', html.headers.get('etag')![0]!]],
    })
    expect(known).toMatchObject({ status: 304, body: '' })
  })
})
