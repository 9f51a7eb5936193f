// The window and its preferences: sandboxed, context-isolated, without Node.
import type { BrowserWindow, WebPreferences } from 'electron'
import { fileURLToPath } from 'node:url'
import type { ElectronApi } from './api.ts'
import { pageOrigin } from './page.ts'

/** Relative to the bundle in out/shells/electron: this shell only runs as a bundle. */
const preload = fileURLToPath(new URL('../../preload/preload.cjs', import.meta.url))

/** Stated explicitly although most are defaults: a test checks every window for them. */
export const webPreferences: WebPreferences = {
  preload,
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  navigateOnDragDrop: false,
  webviewTag: false,
  spellcheck: false,
}

/** Opens the window; it is shown once the page is drawn. */
export function openWindow({ BrowserWindow }: ElectronApi): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Unroll',
    webPreferences,
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(`${pageOrigin}/`)
  return window
}

/** Brings the first window to the front; opens one if there is none. */
export function showWindow(electron: ElectronApi): void {
  const [window] = electron.BrowserWindow.getAllWindows()
  if (!window) return void openWindow(electron)
  if (window.isMinimized()) window.restore()
  window.focus()
}
