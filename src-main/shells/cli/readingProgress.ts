// Progress of calls that read a text for long, as one line on a terminal that is overwritten. Nothing is shown of calls that end soon.
import { randomBytes } from 'node:crypto'
import { isProbe } from '../../contract/api.ts'
import type { App } from '../appInterface.ts'
import type { Output } from './output.ts'

/** The app, whose calls of probes draw the share of the text that is read; the same app where there is no terminal. */
export function withReadingProgress(app: App, out: Output): App {
  if (!out.tty) return app
  const call: App['call'] = async (name, input, options) => {
    if (out.json || !isProbe(name)) return app.call(name, input, options)
    const job = randomBytes(12).toString('hex')
    const off = app.on('inspect.progress', ({ job: of, done, total }) => {
      if (of === job) out.progress(`reading the text: ${Math.floor((100 * done) / total)}%`)
    })
    try {
      return await app.call(name, { ...input, job }, options)
    } finally {
      off()
      out.progress('')
    }
  }
  return { ...app, call }
}
