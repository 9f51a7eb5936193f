// Compiled configurations, kept by digest: the form asks for a plan at every change, the launch asks for the same one again, and the training
// worker takes its programs. A plan is made anew each time, from the memory that is free then.
import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import type { RunConfig } from '../contract/config.ts'
import type { CompiledRun, Engine } from './engine.ts'
import type { TextRef } from './protocol.ts'

const mostKept = 3

/** What the programs depend on: everything but the seed and the name of the run, with the hash of the text. */
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
    /** Compiles as the engine does, or answers with what is kept. A text without a hash may have changed, so nothing of it is kept. */
    compile:
      (ref: TextRef | null): Engine['compileRun'] =>
      (config, text, executor) => {
        const compile = () => engine.compileRun(config, text, executor)
        if (ref && !ref.sha256) return compile()
        const digest = digestOf(config, ref)
        return keep(digest, kept.get(digest) ?? compile())
      },
    /** The programs of a configuration as bytes for another thread; undefined if they are not kept. */
    programs(config: RunConfig, ref: TextRef | null): Uint8Array | undefined {
      const run = kept.get(digestOf(config, ref))
      return run && Uint8Array.from(serialize(run.programs))
    },
  }
}

export const programsFrom = (bytes: Uint8Array): CompiledRun['programs'] =>
  deserialize(bytes) as CompiledRun['programs']
