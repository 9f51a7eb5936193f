// The main process's end of the bridge: commands in, events out. It listens only to the main frame of the page.
import type { IpcMainInvokeEvent, WebContents } from 'electron'
import { z } from 'zod'
import { maxWatched, runId, type CommandName } from '../../contract/api.ts'
import { channels, type Reply } from '../../contract/bridge.ts'
import { eventNames } from '../../contract/events.ts'
import type { App } from '../appInterface.ts'
import { publicError } from '../publicError.ts'
import { createWatching } from '../watching.ts'
import type { ElectronApi } from './api.ts'
import { isPageUrl } from './page.ts'

const watched = z.array(runId).max(maxWatched)

/** Connects `app` to all windows until the returned function is called. */
export function openBridge(
  { ipcMain, BrowserWindow }: ElectronApi,
  app: App,
  log: (line: string) => void,
): () => void {
  let told = false
  ipcMain.handle(channels.call, async (event, name: unknown, input: unknown): Promise<Reply> => {
    if (!isPage(event)) {
      if (!told) log('A frame that is not the page tried to call a command; refused.')
      told = true
      return { ok: false, error: { code: 'E_FORBIDDEN', message: 'Only the page itself may call commands.' } }
    }
    try {
      return { ok: true, value: await app.call(name as CommandName, input as never) }
    } catch (error) {
      return { ok: false, error: publicError(error, log) }
    }
  })
  const watching = createWatching<WebContents>(app, (pages, data) => {
    for (const page of pages) tell(page, 'run.metrics', data)
  })
  const known = new WeakSet<WebContents>()
  ipcMain.handle(channels.watch, (event, ids: unknown) => {
    const runs = watched.safeParse(ids)
    if (!isPage(event) || !runs.success) return
    if (!known.has(event.sender)) event.sender.once('destroyed', () => watching.set(event.sender, []))
    known.add(event.sender)
    watching.set(event.sender, runs.data)
  })
  const stops = eventNames.map((name) =>
    app.on(name, (data) =>
      BrowserWindow.getAllWindows().forEach(
        (window) => window.isDestroyed() || tell(window.webContents, name, data),
      ),
    ),
  )
  return () => {
    ipcMain.removeHandler(channels.call)
    ipcMain.removeHandler(channels.watch)
    watching.close()
    stops.forEach((stop) => stop())
  }
}

const isPage = ({ senderFrame }: IpcMainInvokeEvent): boolean =>
  senderFrame !== null && senderFrame.parent === null && isPageUrl(senderFrame.url)

function tell(page: WebContents, name: string, data: unknown): void {
  if (!page.isDestroyed()) page.send(channels.event, name, data)
}
