// Reads a pinned text with the current weights of a training, between two of its steps; its program is kept until another text is pinned.
import { claimMetric } from '../../contract/claim.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { LiveAnswer, LivePin } from '../../contract/live.ts'
import type { SharedArena } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { Executable } from '../run/executor.ts'
import type { PinnedText, Task } from './task.ts'

/** What a reading uses of the training: its executables, and the metrics of the last test of its claims. */
interface Loaded {
  ready(program: Program): Executable
  unload(program: Program): void
  lastClaims: Readonly<Record<string, number>>
}

export type PinnedReader = (pin: LivePin, step: number, loaded: Loaded) => LiveAnswer

/** A reader of pinned texts in the arena `kept` of the training program. */
export function pinnedReader(task: Task, kept: SharedArena): PinnedReader {
  let open: { key: string; text: PinnedText; unit: number | null; program: Program } | undefined

  function opened(pin: LivePin, { unload }: Loaded) {
    const key = JSON.stringify(pin)
    if (open?.key === key) return open
    if (!task.pin) throw new UnrollError('E_ARG', 'This run reads no text.')
    const { text, unit } = task.pin(pin)
    if (open) unload(open.program)
    return (open = { key, text, unit, program: text.program(kept) })
  }

  return (pin, step, loaded) => {
    try {
      const { text, unit, program } = opened(pin, loaded)
      const wanted = unit ?? ('claim' in pin ? loaded.lastClaims[claimMetric(pin.claim, 'unit')] : undefined)
      if (wanted === undefined) return { step, reason: 'The best unit is found at the next validation.' }
      return { step, ...text.values(loaded.ready(program), wanted) }
    } catch (error) {
      if (error instanceof UnrollError) return { step, reason: error.message }
      throw error
    }
  }
}
