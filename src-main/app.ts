// The app behind every door: one data folder, its commands and its events. It decides nothing itself.
import { openServices } from './services/index.ts'
import type { AppOptions } from './services/context.ts'

export type { AppOptions } from './services/context.ts'
export { catalog } from './services/catalog.ts'
export type App = Awaited<ReturnType<typeof createApp>>

/**
 * Opens `dataDir`, making it if needed. `call(name, input, { local })` checks the input and throws nothing but UnrollError;
 * `on(event, listener)` returns the function that stops listening. Throws E_STORE_PLACE and the E_DB_ errors.
 */
export const createApp = (options: AppOptions) => openServices(options)
