// Cache of compiled configurations, by digest: the form asks for a plan at every change, the launch for the same one again, and the
// training worker takes its programs. A plan itself is not cached, since it depends on the memory that is free at that time.
import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import type { RunConfig } from '../contract/config.ts'
import type { CompiledRun, Engine } from './engine.ts'
import type { TextRef } from './protocol.ts'

const mostKept = 3

/** What the programs depend on: everything except seed and name of the run, and the hash of the text. */
export function digestOf({ seed: _seed, name: _name, ...config }: RunConfig, text: TextRef | null): string {
  return createHash('sha256')
    .update(JSON.stringify([config, text]))
    .digest('hex')
}

export function compiledRuns(engine: Engine) {
  const kept = new Map<string, CompiledRun>()

  function keep(digest: string, run: CompiledRun): CompiledRun {
    kept.delete(digest)
    kept.set(digest, run)
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!)
    return run
  }

  return {
    /** Compiles, or returns the cached result. A text without a hash may have changed, so its result is not cached. */
    compile:
      (ref: TextRef | null): Engine['compileRun'] =>
      (config, text, executor) => {
        const compile = () => engine.compileRun(config, text, executor)
        if (ref && !ref.sha256) return compile()
        const digest = digestOf(config, ref)
        return keep(digest, kept.get(digest) ?? compile())
      },
    /** The programs of a configuration as bytes for another thread; undefined if not cached. */
    programs(config: RunConfig, ref: TextRef | null): Uint8Array | undefined {
      const run = kept.get(digestOf(config, ref))
      return run && Uint8Array.from(serialize(run.programs))
    },
  }
}

export const programsFrom = (bytes: Uint8Array): CompiledRun['programs'] =>
  deserialize(bytes) as CompiledRun['programs']
