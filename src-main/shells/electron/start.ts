// Life cycle of the window: single instance, scheme, guards, bridge, and a shutdown that checkpoints active runs.
import type { CreateApp, App } from '../appInterface.ts'
import { chooseDataDir } from '../dataDir.ts'
import { readPageFiles, type PageFiles } from '../pageFiles.ts'
import { publicError } from '../publicError.ts'
import type { ElectronApi } from './api.ts'
import { openBridge } from './bridge.ts'
import { guardApp, guardSession } from './guard.ts'
import { menuOf } from './menu.ts'
import { answerFrom, scheme } from './page.ts'
import { openWindow, showWindow } from './window.ts'

export interface ElectronOptions {
  dataDir?: string
  platform?: NodeJS.Platform
  page?: () => PageFiles
  log?: (line: string) => void
}

/** Opens the window over an app from `createApp`. A second instance shows the first one's window and quits. */
export async function startElectron(
  electron: ElectronApi,
  createApp: CreateApp,
  options: ElectronOptions = {},
): Promise<void> {
  const { app: shell, BrowserWindow, Menu, dialog, protocol, session } = electron
  const { platform = process.platform, page = readPageFiles, log = console.error } = options
  if (!shell.requestSingleInstanceLock()) return shell.quit()
  protocol.registerSchemesAsPrivileged([scheme])
  shell.enableSandbox()
  guardApp(shell)
  shell.on('second-instance', () => showWindow(electron))
  shell.on('window-all-closed', () => platform === 'darwin' || shell.quit())
  await shell.whenReady()

  let app: App
  try {
    const files = page()
    app = await createApp({ dataDir: options.dataDir ?? chooseDataDir(undefined) })
    guardSession(session.defaultSession)
    protocol.handle('unroll', answerFrom(files))
  } catch (error) {
    dialog.showErrorBox('Unroll cannot start', publicError(error, log).message)
    return shell.exit(70)
  }
  const closeBridge = openBridge(electron, app, log)
  endInOrder(
    shell,
    async () => {
      closeBridge()
      await app.close()
    },
    log,
  )
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuOf(electron, app, platform, log)))
  shell.on('activate', () => BrowserWindow.getAllWindows().length === 0 && openWindow(electron))
  openWindow(electron)
}

/** Delays quitting until `close` is done; its failure is logged and does not keep the program alive. */
function endInOrder(
  shell: ElectronApi['app'],
  close: () => Promise<void>,
  log: (line: string) => void,
): void {
  let closing = false
  shell.on('will-quit', (event) => {
    if (closing) return
    closing = true
    event.preventDefault()
    void close()
      .catch((error: unknown) => void publicError(error, log))
      .finally(() => shell.exit(0))
  })
}
