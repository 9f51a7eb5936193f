// Every command's handler, one line each. Inputs are checked here once, against the contract; behind it they are trusted.
import { api, type CommandName, type Input, type Output, type Parsed } from '../contract/api.ts'
import { nearest, toErrorValue, UnrollError } from '../contract/errors.ts'
import { parseWith, refuseHugeConfig } from '../contract/validate.ts'
import { encodeWire } from '../contract/wire.ts'
import { storeError } from '../store/db.ts'
import { maxRunning, type Context } from './context.ts'
import { examine } from './doctor.ts'
import type { exchange } from './exchange.ts'
import type { explaining } from './explaining.ts'
import type { looking } from './looking.ts'
import { prepare } from './prepare.ts'
import { isRead } from './reading.ts'
import type { runs } from './runs.ts'
import type { Texts } from './texts.ts'
import type { Trainer } from './trainer.ts'

export interface Services {
  context: Context
  texts: Texts
  trainer: Trainer
  runs: ReturnType<typeof runs>
  looking: ReturnType<typeof looking>
  explaining: ReturnType<typeof explaining>
  exchange: ReturnType<typeof exchange>
  info(): Output<'app.info'>
}

type Handlers = { [K in CommandName]: (input: Parsed<K>) => Output<K> | Promise<Output<K>> }

export function handlersOf({
  context,
  texts,
  trainer,
  runs,
  looking,
  explaining,
  exchange,
  info,
}: Services): Handlers {
  const { store, reading, engine } = context
  const settings = () => ({ maxRunning: maxRunning(context) })
  return {
    'app.info': info,
    'app.doctor': () => examine(context),
    'settings.get': settings,
    async 'settings.set'({ maxRunning: most }) {
      if (most !== undefined) await store.write(() => store.settings.set('maxRunning', most))
      trainer.schedule()
      return settings()
    },
    'catalog.get': () => engine.catalog(),
    'config.graph': (input) => explaining.ofConfig(input),
    'app.bench': (input) => explaining.bench(input),
    'config.plan': async ({ config }) => (await prepare(context, texts, config)).plan,
    'runs.launch': ({ config }) => runs.launch(config),
    'runs.list': (input) => reading.ask('runs.list', input),
    'runs.get': ({ id }) => runs.get(id),
    'runs.graph': (input) => explaining.ofRun(input),
    'runs.metrics': (input) => reading.ask('runs.metrics', input),
    'runs.flow': (input) => reading.ask('runs.flow', input),
    'runs.stop': ({ id }) => runs.stop(id),
    'runs.pause': ({ id }) => runs.pause(id),
    'runs.resume': ({ id }) => runs.resume(id),
    'runs.fork': (input) => runs.fork(input),
    'runs.update': (input) => runs.update(input),
    'runs.trash': ({ ids }) => runs.trash(ids),
    'runs.restore': ({ ids }) => runs.restore(ids),
    'runs.purge': ({ ids }) => runs.purge(ids),
    'runs.compare': (input) => reading.ask('runs.compare', input),
    'runs.export': (input) => exchange.exportRun(input),
    'runs.import': (input) => exchange.importRun(input),
    'data.list': () => texts.list(),
    'data.get': ({ id }) => texts.get(id),
    'data.import': ({ name, bytes, decode }) => texts.add(name, bytes, decode),
    'data.importFile': ({ path, decode }) => texts.addFile(path, decode),
    'data.remove': ({ id }) => texts.remove(id),
    'inspect.grid': (input) => looking.grid(input),
    'inspect.find': (input) => looking.find(input),
    'inspect.picture': (input) => looking.picture(input),
    'sample.start': (input) => looking.start(input),
    'sample.pictures': (input) => looking.pictures(input),
    'sample.stop': (input) => looking.stop(input),
  }
}

export interface CallOptions {
  /** True for doors of the user's own process, which may name files. */
  local?: boolean
}
export type Call = <K extends CommandName>(
  name: K,
  input: Input<K>,
  options?: CallOptions,
) => Promise<Output<K>>

/** The same as a message of the web door, without going through this thread as values where that may be long. */
export type Wire = (name: CommandName, input: unknown, options?: CallOptions) => Promise<string | Uint8Array>

/** Both check name and input, run the handler, and throw nothing but UnrollError. */
export function dispatcher(
  handlers: Handlers,
  { reading }: Context,
  ready: Promise<void>,
  isClosing: () => boolean,
): { call: Call; wire: Wire } {
  async function checked<R>(
    name: CommandName,
    input: unknown,
    { local = false }: CallOptions,
    run: (parsed: never) => Promise<R>,
  ): Promise<R> {
    if (!Object.hasOwn(api, name)) {
      const shown = String(name).slice(0, 60)
      const near = nearest(shown, Object.keys(api))
      throw new UnrollError(
        'E_NOT_FOUND',
        `There is no command ${JSON.stringify(shown)}${near ? `; did you mean ${near}?` : '.'}`,
      )
    }
    const command = api[name]
    if (command.local && !local)
      throw new UnrollError('E_FORBIDDEN', `${name} takes file paths and is open to the terminal only.`)
    if (input !== null && typeof input === 'object' && 'config' in input) refuseHugeConfig(input.config)
    const parsed = parseWith(command.input, input, 'E_ARG', name)
    await ready
    if (isClosing()) throw new UnrollError('E_STATE', 'Unroll is closing.')
    try {
      return await run(parsed as never)
    } catch (error) {
      if (error instanceof UnrollError) throw error
      const stored = String((error as { code?: unknown }).code ?? '').startsWith('SQLITE_')
      if (stored) throw storeError(error, name)
      // The cause is for the log of the door; it never crosses a border.
      throw Object.assign(new UnrollError('E_INTERNAL', toErrorValue(error).message), { cause: error })
    }
  }
  const answer = async (name: CommandName, parsed: unknown): Promise<never> =>
    (handlers[name] as (input: unknown) => Promise<never>)(parsed)
  return {
    call: (name, input, options = {}) => checked(name, input, options, (parsed) => answer(name, parsed)),
    wire: (name, input, options = {}) =>
      checked(name, input, options, async (parsed) =>
        isRead(name) ? reading.wire(name, parsed) : encodeWire((await answer(name, parsed)) ?? null),
      ),
  }
}
