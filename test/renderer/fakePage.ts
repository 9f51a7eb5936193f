// The real page over made-up answers, for looking at it. Never shipped. Query: ?runs=N, ?live, ?reference, ?delay=MS, ?theme=dark.
import { startPage } from '../../src-renderer/start.ts'
import { fakeClient } from './fakeClient.ts'

const query = new URLSearchParams(location.search)
const theme = query.get('theme')
if (theme) localStorage.setItem('unroll.theme', JSON.stringify(theme))
const client = fakeClient({
  runs: Number(query.get('runs') ?? 200),
  live: query.has('live'),
  native: !query.has('reference'),
  delay: Number(query.get('delay') ?? 0),
})
Object.assign(window, { fake: client, page: startPage(client) })
