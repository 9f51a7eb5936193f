// The select of a signal: those of the cell; on request derived ones, gradients only of runs that predict the next symbol.
import { createPinia, setActivePinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { expect, it } from 'vitest'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { useCatalog } from '@/state/catalog.ts'
import { setClient } from '@/state/connection.ts'
import SignalField from '@/views/analyses/SignalField.vue'
import { fakeClient } from '../fakeClient.ts'
import { fakeRun } from '../../standIn/data.ts'

const written = fakeRun(1, 1e12)
const lstm = { ...written, config: { ...written.config, model: { ...written.config.model, cell: 'lstm' } } }
const classifier = {
  ...lstm,
  task: { ...lstm.task, abilities: { ...lstm.task.abilities, generates: null } },
}

async function choices(run: typeof lstm, derived: boolean): Promise<string[]> {
  const pinia = createPinia()
  setActivePinia(pinia)
  setClient(fakeClient({ runs: 5 }))
  await useCatalog().load()
  const page = { render: () => h(TooltipProvider, () => h(SignalField, { run, derived, modelValue: 'h' })) }
  const html = await renderToString(createSSRApp(page).use(pinia))
  return [...html.matchAll(/<option[^>]*value="([^"]*)"/g)].map(([, value]) => value!)
}

it('lists the signals of the cell, and the derived ones where they can be read', async () => {
  const own = await choices(lstm, false)
  expect(own).toContain('c')
  expect(own.filter((id) => /^(pre|grad)_/.test(id))).toEqual([])
  expect(await choices(lstm, true)).toEqual([...own, 'pre_i', 'grad_c'])
  expect(await choices(classifier, true)).toEqual([...own, 'pre_i'])
})
