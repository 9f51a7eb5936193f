// Readings of texts, kept by checkpoint, so that going back to one is immediate. What depends on the best checkpoint is not kept: it changes.
import type { Input } from '@contract/api.ts'
import type { TextSignals } from '@contract/inspect.ts'
import { useReadings } from '../../state/readings.ts'

/** Bytes of values that are kept. */
const mostBytes = 200e6
const kept = new Map<string, TextSignals>()

/** Asks for a signal over a text, or takes the kept answer. */
export async function readSignals(asked: Input<'inspect.text'>): Promise<TextSignals> {
  const key = JSON.stringify(asked)
  const found = kept.get(key) ?? (await useReadings().call('inspect.text', asked))
  if (asked.step === undefined) return found
  kept.delete(key)
  kept.set(key, found)
  let bytes = 0
  for (const [name, { values }] of [...kept].reverse()) {
    bytes += values.byteLength
    if (bytes > mostBytes && name !== key) kept.delete(name)
  }
  return found
}
