// State of the dot in the top bar: connection first, then executor. Pure.
import type { AppInfo } from '@contract/api.ts'
import type { ConnectionState } from '../../client/index.ts'

export interface EngineState {
  tone: 'ok' | 'warn' | 'danger' | 'quiet'
  word: string
  about: string
}

/** `engine` is undefined until the catalog is loaded. */
export function engineState(
  connection: ConnectionState,
  engine: AppInfo['engine'] | undefined,
  writable = true,
): EngineState {
  if (connection === 'lost')
    return { tone: 'danger', word: 'reconnecting', about: 'The connection to Unroll is lost; trying again.' }
  if (connection === 'denied')
    return { tone: 'danger', word: 'not signed in', about: 'This browser is not signed in.' }
  if (connection === 'connecting' || !engine)
    return { tone: 'quiet', word: 'connecting', about: 'Connecting to Unroll.' }
  if (engine.id !== 'native') return { tone: 'warn', word: 'reference: slow', about: engine.description }
  const extension = /avx-?512|avx2|neon|portable|amx/i.exec(engine.description)?.[0].toUpperCase() ?? 'native'
  return { tone: writable ? 'ok' : 'warn', word: extension, about: engine.description }
}
