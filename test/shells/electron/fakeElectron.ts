// A double of the parts of Electron that the window uses: it records every call and lets tests play the browser's side.
import { EventEmitter } from 'node:events'
import { channels, type Reply } from '../../../src-main/contract/bridge.ts'
import type { ElectronApi } from '../../../src-main/shells/electron/api.ts'

type Handler = (...args: never[]) => unknown
export interface Frame {
  url: string
  parent: Frame | null
}

export class FakeContents extends EventEmitter {
  sent: unknown[][] = []
  openHandler: ((details: { url: string }) => { action: string }) | undefined
  gone = false
  send(...args: unknown[]) {
    this.sent.push(structuredClone(args))
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler
  }
  isDestroyed() {
    return this.gone
  }
}

export interface FakeElectron {
  api: ElectronApi
  app: EventEmitter & { exits: number[]; quits: number; sandboxed: boolean }
  windows: {
    options: Record<string, never>
    webContents: FakeContents
    url: string
    focused: number
    shown: boolean
    minimized: boolean
  }[]
  session: Record<string, Handler>
  schemes: unknown[]
  schemeHandlers: Map<string, (request: Request) => Response>
  ipc: Map<string, Handler>
  menu: {
    label?: string
    role?: string
    submenu?: { label?: string; role?: string; click?: () => Promise<void> }[]
  }[]
  errors: string[][]
  /** What the next open dialog returns. */
  chosen: string[]
  /** Calls a command as a frame of the window would. */
  call(name: unknown, input: unknown, frame?: Frame | null): Promise<Reply>
  /** Says as a frame of the first window which runs it draws. */
  watch(ids: unknown, frame?: Frame | null): void
  preventable(): { event: { preventDefault(): void }; prevented: () => boolean }
}

export const pageFrame: Frame = { url: 'unroll://app/#/runs', parent: null }

export function fakeElectron({ locked = true } = {}): FakeElectron {
  const app = Object.assign(new EventEmitter(), { exits: [] as number[], quits: 0, sandboxed: false })
  const recorded: Record<string, Handler> = {}
  const fake: FakeElectron = {
    app,
    windows: [],
    session: recorded,
    schemes: [],
    schemeHandlers: new Map(),
    ipc: new Map(),
    menu: [],
    errors: [],
    chosen: [],
    api: {} as ElectronApi,
    call: async (name, input, frame = pageFrame) =>
      // Values cross processes as structured clones, both ways.
      structuredClone(
        await fake.ipc.get(channels.call)!(
          ...([{ senderFrame: frame }, structuredClone(name), structuredClone(input)] as never[]),
        ),
      ) as Reply,
    watch: (ids, frame = pageFrame) =>
      void fake.ipc.get(channels.watch)!(
        ...([{ senderFrame: frame, sender: fake.windows[0]!.webContents }, structuredClone(ids)] as never[]),
      ),
    preventable() {
      let prevented = false
      return { event: { preventDefault: () => (prevented = true) }, prevented: () => prevented }
    },
  }
  const record = (name: string) => (handler: Handler) => void (recorded[name] = handler)

  class BrowserWindow extends EventEmitter {
    static getAllWindows = () => fake.windows
    webContents = new FakeContents()
    url = ''
    focused = 0
    shown = false
    minimized = false
    options: Record<string, never>
    constructor(options: Record<string, never>) {
      super()
      this.options = options
      fake.windows.push(this)
      app.emit('web-contents-created', {}, this.webContents)
    }
    loadURL(url: string) {
      this.url = url
      this.emit('ready-to-show')
      return Promise.resolve()
    }
    show() {
      this.shown = true
    }
    focus() {
      this.focused++
    }
    isMinimized() {
      return this.minimized
    }
    restore() {
      this.minimized = false
    }
    isDestroyed() {
      return false
    }
  }

  const shell = Object.assign(app, {
    requestSingleInstanceLock: () => locked,
    enableSandbox: () => void (app.sandboxed = true),
    whenReady: () => Promise.resolve(),
    quit: () => void app.quits++,
    exit: (code: number) => void app.exits.push(code),
  })
  fake.api = {
    app: shell,
    BrowserWindow,
    Menu: {
      buildFromTemplate: (template: FakeElectron['menu']) => template,
      setApplicationMenu: (menu: FakeElectron['menu']) => (fake.menu = menu),
    },
    dialog: {
      showErrorBox: (...texts: string[]) => fake.errors.push(texts),
      showOpenDialog: async () => ({ canceled: fake.chosen.length === 0, filePaths: fake.chosen }),
    },
    ipcMain: {
      handle: (channel: string, handler: Handler) => fake.ipc.set(channel, handler),
      removeHandler: (channel: string) => fake.ipc.delete(channel),
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => fake.schemes.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Response) =>
        fake.schemeHandlers.set(scheme, handler),
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: record('permissionRequest'),
        setPermissionCheckHandler: record('permissionCheck'),
        setDevicePermissionHandler: record('device'),
        setDisplayMediaRequestHandler: record('display'),
        webRequest: { onBeforeRequest: record('request') },
      },
    },
  } as unknown as ElectronApi
  return fake
}
