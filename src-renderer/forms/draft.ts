// The configuration in the launch form, its plan and its errors. It is kept while other views are open.
import type { Plan } from '@contract/catalog.ts'
import type { Checkpoint } from '@contract/run.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { useCatalog } from '../state/catalog.ts'
import { useClient } from '../state/connection.ts'
import { useDatasets } from '../state/datasets.ts'
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

/** Debounce of the plan: milliseconds after the last change before it is requested. */
const pause = 250

/** The run whose configuration was copied into the form. */
export interface Origin {
  id: string
  name: string
  color: string
  config: object
  /** Its checkpoints that a fork can start from, newest first. */
  checkpoints: readonly Checkpoint[]
}

/** The checkpoint that a fork starts from: model and data are those of its run, options of training may differ. */
export interface ForkOf {
  id: string
  step: number | undefined
}

export const useDraft = defineStore('draft', () => {
  const catalog = useCatalog()
  const datasets = useDatasets()
  /** The chosen values, including those that do not apply at present: they are used again once they apply. */
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
  const preset = computed(() => catalog.preset(String(values.value['preset'] ?? '')))
  /** Description of the file that the chosen preset needs and that was not imported yet; otherwise empty. */
  const missingFile = computed(() => {
    const needed = preset.value?.needsFile
    if (!needed || datasets.phase !== 'ready') return ''
    return datasets.byId(String(values.value['data.dataset'])) ? '' : needed
  })
  /** Errors of the configuration by path: those found in the page, else those that the app reported. */
  const issues = computed((): Issue[] => {
    const local = catalog.catalog ? localIssues(catalog.catalog, values.value) : []
    if (local.length > 0) return local
    if (missingFile.value) return [{ path: 'data.dataset', message: 'Choose the file first.' }]
    if (!failure.value) return []
    const { details, message } = failure.value
    return details?.issues?.length ? details.issues : [{ path: details?.path ?? '', message }]
  })
  const ready = computed(() => plan.value !== null && !planning.value && issues.value.length === 0)

  /** The initial configuration of the form: that of the copied run, else of the preset; undefined without either. */
  const base = computed(() => origin.value?.config ?? preset.value?.config)
  const baseValues = computed(() =>
    catalog.catalog && base.value ? valuesOf(catalog.catalog, base.value) : {},
  )
  /** Paths of the settings that differ from the initial configuration. */
  const changed = computed(() =>
    catalog.catalog && base.value ? changedFrom(catalog.catalog, values.value, base.value) : [],
  )

  function set(path: string, value: FormValue): void {
    const other = path === 'task' && value !== values.value[path] && catalog.catalog
    chosen.value = other ? withTask(other, chosen.value, String(value)) : { ...chosen.value, [path]: value }
  }
  /** Replaces the values by those of a configuration; missing keys take their defaults. */
  function start(from: object, copied: Origin | null = null, forkOf: ForkOf | null = null): void {
    if (!catalog.catalog) return
    origin.value = copied
    fork.value = forkOf
    plan.value = null
    failure.value = null
    chosen.value = valuesOf(catalog.catalog, from)
  }
  /** Title of the field at a path; the path itself if there is no such field. */
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
  /** Requests the plan after `pause` milliseconds without a change. */
  function planSoon(): void {
    clearTimeout(timer)
    asked++
    if (!catalog.catalog || Object.keys(values.value).length === 0) return
    if (missingFile.value || localIssues(catalog.catalog, values.value).length > 0) {
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
    missingFile,
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
