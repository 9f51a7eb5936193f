// The parts of Electron that the window uses. They are passed in, so that tests can look at every call without Electron's binary.
import type * as Electron from 'electron'

export type ElectronApi = Pick<
  typeof Electron,
  'app' | 'BrowserWindow' | 'Menu' | 'dialog' | 'ipcMain' | 'protocol' | 'session'
>
