// Every command once, put together from one file of rows per noun. The doors, the client, the workers' calls and the tests derive from it.
import type { z } from 'zod'
import { appCommands } from './commands/app.ts'
import type { Command, Place } from './commands/command.ts'
import { configCommands } from './commands/config.ts'
import { dataCommands } from './commands/data.ts'
import { inspectCommands } from './commands/inspect.ts'
import { runCommands } from './commands/runs.ts'
import { sampleCommands } from './commands/sample.ts'
import type { EventName, Events } from './events.ts'

export type { AppInfo, DoctorReport, Settings } from './commands/app.ts'
export { runId } from './commands/command.ts'
export { mostWatched, type RunComparison } from './commands/runs.ts'

export const api = {
  ...appCommands,
  ...configCommands,
  ...runCommands,
  ...dataCommands,
  ...inspectCommands,
  ...sampleCommands,
} satisfies Record<string, Command<z.ZodType, unknown, Place>>

export type Api = typeof api
export type CommandName = keyof Api
/** What a caller passes: optional keys may be left out. */
export type Input<K extends CommandName> = z.input<Api[K]['input']>
/** What a handler gets: defaults filled in. */
export type Parsed<K extends CommandName> = z.output<Api[K]['input']>
export type Output<K extends CommandName> = NonNullable<Api[K]['out']>
/** Names of the commands that run in a place. */
export type CommandIn<P extends Place> = {
  [K in CommandName]: Api[K]['runsIn'] extends P ? K : never
}[CommandName]

export const commandNames = Object.keys(api) as CommandName[]
export const runsIn = <P extends Place>(name: string, ...places: P[]): name is CommandIn<P> =>
  Object.hasOwn(api, name) && (places as Place[]).includes(api[name as CommandName].runsIn)

/** The same handler for all commands of a kind, under the name of each. */
export const handlersFor = <H extends object>(
  isWanted: (name: string) => boolean,
  handler: (name: keyof H & CommandName) => unknown,
): H =>
  Object.fromEntries(
    commandNames.filter(isWanted).map((name) => [name, handler(name as keyof H & CommandName)]),
  ) as H

/** Commands that a probe answers: it is given an opened checkpoint and the checked input. */
export type ProbeName = {
  [K in CommandIn<'inference worker'>]: Parsed<K> extends { id: string } ? K : never
}[CommandIn<'inference worker'>]
export const isProbe = (name: string): name is ProbeName =>
  runsIn(name, 'inference worker') && 'id' in api[name].input.shape
/** Whether a probe reads text: what is typed, else a stretch of the run's own. */
export const readsText = (name: ProbeName): boolean => 'text' in api[name].input.shape

/** What every door offers and every client sees. */
export interface Client {
  call<K extends CommandName>(name: K, input: Input<K>): Promise<Output<K>>
  on<E extends EventName>(name: E, listener: (event: Events[E]) => void): () => void
}
