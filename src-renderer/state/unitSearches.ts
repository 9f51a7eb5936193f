// Rankings of units, kept until the page is closed: by run, predicate and text, one per checkpoint. A search ranks the units of all signals, so its
// result does not depend on the selected signal.
import type { UnitRanking } from '@contract/inspect.ts'
import type { RunId } from '@contract/run.ts'
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { useReadings } from './readings.ts'

export interface SearchedText {
  id: RunId
  /** Typed text; empty = the run's validation text. */
  text: string
}

/** Minimum characters of a typed text; with a shorter one the validation text is searched. */
const shortest = 200
const top = 20

export const useUnitSearches = defineStore('unitSearches', () => {
  const predicates = shallowReactive(new Map<RunId, string>())
  /** Rankings by run, predicate and text, one per step, the newest last. */
  const kept = shallowReactive(new Map<string, readonly UnitRanking[]>())

  /** The predicate as it is typed for this run. */
  const predicateOf = (id: RunId): string => predicates.get(id) ?? 'quote'
  const choosePredicate = (id: RunId, predicate: string) => void predicates.set(id, predicate)

  /** The text that is searched if it was typed; undefined for the validation text. */
  const typed = (text: string) => (text.length >= shortest ? text : undefined)
  const keyOf = ({ id, text }: SearchedText) => JSON.stringify([id, predicateOf(id).trim(), typed(text)])
  const rankings = (of: SearchedText) => kept.get(keyOf(of)) ?? []
  /** The ranking for the typed predicate at one step. */
  const at = (of: SearchedText, step: number | undefined): UnitRanking | undefined =>
    rankings(of).find((one) => one.step === step)
  const latest = (of: SearchedText): UnitRanking | undefined => rankings(of).at(-1)

  /** Ranks the units for the typed predicate; without a step at the best checkpoint. */
  async function find(of: SearchedText, step: number | undefined): Promise<void> {
    const key = keyOf(of)
    const text = typed(of.text)
    const ranking = await useReadings().call('inspect.find', {
      id: of.id,
      predicate: predicateOf(of.id).trim(),
      top,
      ...(step !== undefined && { step }),
      ...(text !== undefined && { text }),
    })
    const others = (kept.get(key) ?? []).filter((one) => one.step !== ranking.step)
    kept.set(key, [...others, ranking])
  }

  return { predicateOf, choosePredicate, typed, at, latest, find }
})
