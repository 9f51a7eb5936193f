// The configuration that is being written in the launch form. It outlives the view, so looking at a run in between loses nothing.
import type { Plan } from '@contract/catalog.ts'
import type { Checkpoint } from '@contract/run.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { useCatalog } from '../state/catalog.ts'
import { useClient } from '../state/connection.ts'
import {
  allFields,
  changedFrom,
  configOf,
  defaultValues,
  fieldGroups,
  fitted,
  localIssues,
  valuesOf,
  withTask,
  type FormValue,
  type FormValues,
  type Issue,
} from './values.ts'

/** Milliseconds without a change before the plan is asked for. */
const pause = 250

/** The run whose settings the form was filled with. */
export interface Origin {
  id: string
  name: string
  color: string
  config: object
  /** Those whose weights a fork can take, newest first. */
  checkpoints: readonly Checkpoint[]
}

/** A run that the new one continues: model and data stay, training may differ. */
export interface ForkOf {
  id: string
  step: number | undefined
}

export const useDraft = defineStore('draft', () => {
  const catalog = useCatalog()
  /** What was chosen, also where it cannot be used now: it is back as soon as it can. */
  const chosen = shallowRef<FormValues>({})
  const values = computed(() =>
    catalog.catalog && Object.keys(chosen.value).length > 0
      ? fitted(catalog.catalog, chosen.value)
      : chosen.value,
  )
  const fork = ref<ForkOf | null>(null)
  const origin = shallowRef<Origin | null>(null)
  const plan = shallowRef<Plan | null>(null)
  const failure = shallowRef<ErrorValue | null>(null)
  const planning = ref(false)
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const config = computed(() => (catalog.catalog ? configOf(catalog.catalog, values.value) : {}))
  /** All faults by path: those seen here, then those that the app named. */
  const issues = computed((): Issue[] => {
    const local = catalog.catalog ? localIssues(catalog.catalog, values.value) : []
    if (local.length > 0 || !failure.value) return local
    const { details, message } = failure.value
    return details?.issues?.length ? details.issues : [{ path: details?.path ?? '', message }]
  })
  const ready = computed(() => plan.value !== null && !planning.value && issues.value.length === 0)

  /** What the form began with: the settings of the copied run, else of the preset; undefined for a form that began empty. */
  const base = computed(
    () => origin.value?.config ?? catalog.preset(String(values.value['preset'] ?? ''))?.config,
  )
  const baseValues = computed(() =>
    catalog.catalog && base.value ? valuesOf(catalog.catalog, base.value) : {},
  )
  /** Paths of the settings that are no longer those that the form began with. */
  const changed = computed(() =>
    catalog.catalog && base.value ? changedFrom(catalog.catalog, values.value, base.value) : [],
  )

  function set(path: string, value: FormValue): void {
    const other = path === 'task' && value !== values.value[path] && catalog.catalog
    chosen.value = other ? withTask(other, chosen.value, String(value)) : { ...chosen.value, [path]: value }
  }
  /** Starts over from a configuration; missing keys take their defaults. */
  function start(from: object, copied: Origin | null = null, forkOf: ForkOf | null = null): void {
    if (!catalog.catalog) return
    origin.value = copied
    fork.value = forkOf
    plan.value = null
    failure.value = null
    chosen.value = valuesOf(catalog.catalog, from)
  }
  /** A field's title by its path; the path itself for what has none. */
  function titleOf(path: string): string {
    if (path === 'name' || path === 'seed') return path === 'name' ? 'Name' : 'Seed'
    const groups = catalog.catalog && fieldGroups(catalog.catalog, values.value)
    return (groups && allFields(groups).find((field) => field.path === path)?.title) ?? path
  }
  function begin(): void {
    if (catalog.catalog && Object.keys(values.value).length === 0)
      chosen.value = defaultValues(catalog.catalog)
  }

  async function ask(): Promise<void> {
    const turn = ++asked
    try {
      const answer = await useClient().call('config.plan', { config: config.value })
      if (turn !== asked) return
      plan.value = answer
      failure.value = null
    } catch (thrown) {
      if (turn !== asked) return
      failure.value = toErrorValue(thrown)
    }
    planning.value = false
  }
  /** Asks for the plan as soon as the form rests. */
  function planSoon(): void {
    clearTimeout(timer)
    asked++
    if (!catalog.catalog || Object.keys(values.value).length === 0) return
    if (localIssues(catalog.catalog, values.value).length > 0) {
      planning.value = false
      return
    }
    planning.value = true
    timer = setTimeout(() => void ask(), pause)
  }
  watch(config, planSoon, { immediate: true })

  return {
    values,
    fork,
    origin,
    base,
    baseValues,
    plan,
    failure,
    planning,
    config,
    issues,
    changed,
    ready,
    set,
    start,
    begin,
    planSoon,
    titleOf,
  }
})
