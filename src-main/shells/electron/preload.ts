// The preload script: exposes three functions to the page, and neither ipcRenderer nor its events.
import { contextBridge, ipcRenderer } from 'electron'
import { channels, type Bridge } from '../../contract/bridge.ts'

const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke(channels.call, name, input),
  watch: (ids) => void ipcRenderer.invoke(channels.watch, ids),
  on(name, listener) {
    const entry = (_event: unknown, event: string, data: unknown) => {
      if (event === name) listener(data)
    }
    ipcRenderer.on(channels.event, entry)
    return () => void ipcRenderer.off(channels.event, entry)
  },
}

contextBridge.exposeInMainWorld('unroll', bridge)
