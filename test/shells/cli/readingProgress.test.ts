// A call that reads a text for long draws one line on a terminal, which is gone when the answer is printed; elsewhere nothing is drawn.
import { expect, it } from 'vitest'
import { fakeRuns } from '../fakeRuns.ts'
import { unroll } from './terminal.ts'

/** The fake app, whose readings tell that they are half done, and that another call has read all. */
function slowReader() {
  const app = fakeRuns()
  const { call } = app
  const jobs: unknown[] = []
  app.call = (async (name: 'inspect.text', input: { job?: string }) => {
    if (name === 'inspect.text') {
      jobs.push(input.job)
      if (input.job !== undefined) app.emit('inspect.progress', { job: input.job, done: 500, total: 1000 })
      app.emit('inspect.progress', { job: 'another01', done: 77, total: 100 })
    }
    return call(name, input as never)
  }) as typeof call
  return { app, jobs }
}

it('draws the share of the text that is read, of its own call alone', async () => {
  const { app, jobs } = slowReader()
  const { exit, out } = await unroll(['inspect', 'last', '--text', 'abc'], { app, tty: true })
  expect(exit).toBe(0)
  expect(jobs).toEqual([expect.stringMatching(/^[0-9a-z]{8,32}$/)])
  expect(out).toContain('reading the text: 50%\r\u001b[K')
  expect(out).not.toContain('77%')
})

it.each([
  ['a pipe', [], false],
  ['JSON', ['--json'], true],
] as const)('draws nothing into %s', async (_, flags, tty) => {
  const { app, jobs } = slowReader()
  const { out } = await unroll(['inspect', 'last', '--text', 'abc', ...flags], { app, tty })
  expect(jobs).toEqual([undefined])
  expect(out).not.toContain('reading the text')
})
