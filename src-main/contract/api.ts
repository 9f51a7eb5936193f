// All commands, combined from one file of rows per noun. Shells, client, worker calls and tests derive from this table.
import type { z } from 'zod'
import { analysisCommands } from './commands/analyses.ts'
import { appCommands } from './commands/app.ts'
import { applyCommands } from './commands/apply.ts'
import { claimCommands } from './commands/claims.ts'
import type { Command, Place } from './commands/command.ts'
import { configCommands } from './commands/config.ts'
import { dataCommands } from './commands/data.ts'
import { effectCommands } from './commands/effect.ts'
import { inspectCommands } from './commands/inspect.ts'
import { lossCommands } from './commands/losses.ts'
import { runCommands } from './commands/runs.ts'
import { saliencyCommands } from './commands/saliency.ts'
import { sampleCommands } from './commands/sample.ts'
import { spanCommands } from './commands/spans.ts'
import type { EventName, Events } from './events.ts'

export type { AppInfo, DoctorReport, Settings } from './commands/app.ts'
export { runId } from './commands/command.ts'
export type { ClaimTests } from './commands/claims.ts'
export { maxWatched, type RunComparison } from './commands/runs.ts'

export const api = {
  ...appCommands,
  ...configCommands,
  ...runCommands,
  ...dataCommands,
  ...inspectCommands,
  ...analysisCommands,
  ...effectCommands,
  ...claimCommands,
  ...sampleCommands,
  ...spanCommands,
  ...lossCommands,
  ...saliencyCommands,
  ...applyCommands,
} satisfies Record<string, Command<z.ZodType, unknown, Place>>

export type Api = typeof api
export type CommandName = keyof Api
/** The input as a caller passes it: optional keys may be missing. */
export type Input<K extends CommandName> = z.input<Api[K]['input']>
/** The input as a handler gets it: defaults filled in. */
export type Parsed<K extends CommandName> = z.output<Api[K]['input']>
export type Output<K extends CommandName> = NonNullable<Api[K]['out']>
/** Names of the commands that run in one place. */
export type CommandIn<P extends Place> = {
  [K in CommandName]: Api[K]['runsIn'] extends P ? K : never
}[CommandName]

export const commandNames = Object.keys(api) as CommandName[]
export const runsIn = <P extends Place>(name: string, ...places: P[]): name is CommandIn<P> =>
  Object.hasOwn(api, name) && (places as Place[]).includes(api[name as CommandName].runsIn)

/** One handler for all commands of a kind, under the name of each. */
export const handlersFor = <H extends object>(
  isWanted: (name: string) => boolean,
  handler: (name: keyof H & CommandName) => unknown,
): H =>
  Object.fromEntries(
    commandNames.filter(isWanted).map((name) => [name, handler(name as keyof H & CommandName)]),
  ) as H

/** Commands answered by a probe, which gets an opened checkpoint and the validated input. */
export type ProbeName = {
  [K in CommandIn<'inference worker'>]: Parsed<K> extends { id: string } ? K : never
}[CommandIn<'inference worker'>]
export const isProbe = (name: string): name is ProbeName =>
  runsIn(name, 'inference worker') && 'id' in api[name].input.shape
/** Whether a probe reads text: the typed one, else part of the run's validation text. */
export const readsText = (name: ProbeName): boolean => 'text' in api[name].input.shape
/** Whether a probe reads held-out examples of the run's data. */
export const readsExamples = (name: ProbeName): boolean => 'example' in api[name].input.shape
/** Whether a probe counts n-grams of the run's training text, too. */
export const readsTraining = (input: object): boolean => 'ngram' in input && Number(input.ngram) > 0
/** The checkpoint of a second run that a probe reads, of the input's field `other`; undefined if it reads one run. */
export const otherCheckpoint = (input: object): { id: string; step?: number | undefined } | undefined =>
  'other' in input ? (input.other as { id: string; step?: number | undefined }) : undefined

/** The interface that every shell offers to clients. */
export interface Client {
  call<K extends CommandName>(name: K, input: Input<K>): Promise<Output<K>>
  on<E extends EventName>(name: E, listener: (event: Events[E]) => void): () => void
}
