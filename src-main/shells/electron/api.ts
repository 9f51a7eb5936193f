// The parts of Electron that the window uses, passed in as an argument, so that tests need no Electron binary.
import type * as Electron from 'electron'

export type ElectronApi = Pick<
  typeof Electron,
  'app' | 'BrowserWindow' | 'Menu' | 'dialog' | 'ipcMain' | 'protocol' | 'session'
>
