// The handler of every command. Commands of readers and probes are routed by their row. Inputs are validated once, by checkCall, and
// trusted from then on.
import type { CommandName, Input, Output, Parsed } from '../contract/api.ts'
import { checkCall, type CallOptions } from '../contract/checkCall.ts'
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import { encodeWire } from '../contract/wire.ts'
import { storeError } from '../store/storeError.ts'
import type { claims } from './claims.ts'
import type { compileReport } from './compileReport.ts'
import { maxRunning, type Context } from './context.ts'
import { examine } from './doctor.ts'
import type { importExport } from './importExport.ts'
import type { inference } from './inference.ts'
import { prepare } from './prepare.ts'
import { isRead } from './storeReader.ts'
import type { runs } from './runs.ts'
import type { Texts } from './texts.ts'
import type { Trainer } from './trainer.ts'

export interface Services {
  context: Context
  texts: Texts
  trainer: Trainer
  runs: ReturnType<typeof runs>
  inference: ReturnType<typeof inference>
  compileReport: ReturnType<typeof compileReport>
  importExport: ReturnType<typeof importExport>
  claims: ReturnType<typeof claims>
  info(): Output<'app.info'>
}

type Handlers = { [K in CommandName]: (input: Parsed<K>) => Output<K> | Promise<Output<K>> }

export function handlersOf({
  context,
  texts,
  trainer,
  runs,
  inference,
  compileReport,
  importExport,
  claims,
  info,
}: Services): Handlers {
  const { store, storeReader, engine } = context
  const settings = () => ({ maxRunning: maxRunning(context) })
  return {
    ...storeReader.commands,
    ...inference.probes,
    'app.info': info,
    'app.doctor': () => examine(context),
    'settings.get': settings,
    async 'settings.set'({ maxRunning: most }) {
      if (most !== undefined) await store.write(() => store.settings.set('maxRunning', most))
      trainer.schedule()
      return settings()
    },
    'catalog.get': () => engine.catalog(),
    'config.graph': (input) => compileReport.ofConfig(input),
    'app.bench': (input) => compileReport.bench(input),
    'config.plan': async ({ config }) => (await prepare(context, texts, config)).plan,
    'runs.launch': ({ config }) => runs.launch(config),
    'runs.get': ({ id }) => runs.get(id),
    'runs.graph': (input) => compileReport.ofRun(input),
    'runs.stop': ({ id }) => runs.stop(id),
    'runs.pause': ({ id }) => runs.pause(id),
    'runs.pin': ({ id, pin }) => {
      trainer.pin(id, pin)
      return { id }
    },
    'runs.resume': ({ id }) => runs.resume(id),
    'runs.fork': (input) => runs.fork(input),
    'runs.update': (input) => runs.update(input),
    'runs.trash': ({ ids }) => runs.trash(ids),
    'runs.restore': ({ ids }) => runs.restore(ids),
    'runs.purge': ({ ids }) => runs.purge(ids),
    'runs.export': (input) => importExport.exportRun(input),
    'runs.import': (input) => importExport.importRun(input),
    'data.list': () => texts.list(),
    'data.get': ({ id }) => texts.get(id),
    'data.import': (input) => texts.import(input),
    'data.importFile': (input) => texts.importFile(input),
    'data.importParts': (input) => texts.importParts(input),
    'data.upload': (input) => texts.upload(input),
    'data.look': (input) => texts.look(input),
    'data.lookAtFile': (input) => texts.lookAtFile(input),
    'data.remove': ({ id }) => texts.remove(id),
    'claims.list': () => claims.list(),
    'claims.add': (input) => claims.add(input),
    'claims.update': (input) => claims.update(input),
    'claims.remove': (input) => claims.remove(input),
    'claims.test': (input) => claims.test(input),
    'claims.history': (input) => claims.history(input),
    'inspect.cancel': (input) => inference.cancelCall(input),
    'sample.start': (input) => inference.startSample(input),
    'sample.stop': (input) => inference.stopSample(input),
  }
}

export type Call = <K extends CommandName>(
  name: K,
  input: Input<K>,
  options?: CallOptions,
) => Promise<Output<K>>

/** The answer encoded for the web server, in the reader's thread where it may be large. */
export type Wire = (name: CommandName, input: unknown, options?: CallOptions) => Promise<string | Uint8Array>

/** Both validate name and input, run the handler, and throw only UnrollError. */
export function dispatcher(
  handlers: Handlers,
  { storeReader }: Context,
  ready: Promise<void>,
  isClosing: () => boolean,
): { call: Call; wire: Wire } {
  async function checked<R>(
    name: CommandName,
    input: unknown,
    options: CallOptions,
    run: (parsed: never) => Promise<R>,
  ): Promise<R> {
    const parsed = checkCall(name, input, options)
    await ready
    if (isClosing()) throw new UnrollError('E_STATE', 'Unroll is closing.')
    try {
      return await run(parsed as never)
    } catch (error) {
      if (error instanceof UnrollError) throw error
      const stored = String((error as { code?: unknown }).code ?? '').startsWith('SQLITE_')
      if (stored) throw storeError(error, name)
      // The cause is for the server's log and is never sent to clients.
      throw Object.assign(new UnrollError('E_INTERNAL', toErrorValue(error).message), { cause: error })
    }
  }
  const answer = async (name: CommandName, parsed: unknown): Promise<never> =>
    (handlers[name] as (input: unknown) => Promise<never>)(parsed)
  return {
    call: (name, input, options = {}) => checked(name, input, options, (parsed) => answer(name, parsed)),
    wire: (name, input, options = {}) =>
      checked(name, input, options, async (parsed) =>
        isRead(name) ? storeReader.wire(name, parsed) : encodeWire((await answer(name, parsed)) ?? null),
      ),
  }
}
