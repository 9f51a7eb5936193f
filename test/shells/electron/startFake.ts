// The window's door started against a double of Electron.
import { startElectron } from '../../../src-main/shells/electron/start.ts'
import { anyAnswers, fakeApp, type AnyHandlers } from '../../standIn/app.ts'
import { page } from '../web/raw.ts'
import { fakeElectron } from './fakeElectron.ts'

export async function start(handlers: AnyHandlers = {}, electron = fakeElectron()) {
  const app = fakeApp(anyAnswers(handlers))
  const log: string[] = []
  const options = {
    dataDir: '/data',
    page: () => page,
    platform: 'linux' as const,
    log: (line: string) => log.push(line),
  }
  await startElectron(electron.api, () => app, options)
  return { electron, app, log }
}
