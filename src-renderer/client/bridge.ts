// The client in the desktop window: calls and events over the bridge of the preload script, which is always connected.
import { shallowRef } from 'vue'
import type { Bridge } from '../../src-main/contract/bridge.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import type { ConnectionState, PageClient } from './index.ts'

export function bridgeClient(bridge: Bridge): PageClient {
  return {
    async call(name, input) {
      const reply = await bridge.call(name, input)
      if (reply.ok) return reply.value as never
      throw new UnrollError(reply.error.code, reply.error.message, reply.error.details)
    },
    watch: (ids) => bridge.watch([...ids]),
    on: (name, listener) => bridge.on(name, (event) => listener(event as never)),
    connection: shallowRef<ConnectionState>('open'),
    onReconnect: () => () => undefined,
    retry: () => undefined,
    close: () => undefined,
  }
}
