// The menu. Files are chosen in dialogs of this process and read here: the page never sees or sends a path.
import type { MenuItemConstructorOptions } from 'electron'
import { basename } from 'node:path'
import type { App } from '../appInterface.ts'
import { escapeControls } from '../escapeControls.ts'
import { readInputFile } from '../inputFile.ts'
import { publicError } from '../publicError.ts'
import type { ElectronApi } from './api.ts'

const maxModelBytes = 2 ** 31 - 1

export function menuOf(
  electron: ElectronApi,
  app: App,
  platform: NodeJS.Platform,
  log: (line: string) => void,
): MenuItemConstructorOptions[] {
  const importBy =
    (title: string, extensions: string[], take: (path: string) => Promise<unknown>) => async () => {
      const filters = [{ name: title, extensions }]
      const { canceled, filePaths } = await electron.dialog.showOpenDialog({
        title,
        properties: ['openFile'],
        filters,
      })
      const [path] = filePaths
      if (canceled || path === undefined) return
      try {
        await take(path)
      } catch (error) {
        electron.dialog.showErrorBox(title, escapeControls(publicError(error, log).message))
      }
    }
  const importText = (path: string) => app.call('data.importFile', { path }, { local: true })
  const importRun = async (path: string) =>
    app.call('runs.import', {
      name: basename(path),
      bytes: await readInputFile(path, maxModelBytes, 'E_MODEL_TOO_LARGE'),
    })
  return [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        {
          label: 'Import text…',
          accelerator: 'CmdOrCtrl+O',
          click: importBy('Import text', ['txt', 'md', '*'], importText),
        },
        { label: 'Import run…', click: importBy('Import run', ['safetensors'], importRun) },
        { type: 'separator' },
        { role: platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'reload' },
        { role: 'toggleDevTools' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ]
}
