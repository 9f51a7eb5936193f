// Generated text is shown with what its reader must know: that the words of the built-in prose are invented.
import { createPinia, setActivePinia } from 'pinia'
import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { expect, it } from 'vitest'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { useDatasets } from '../../../src-renderer/state/datasets.ts'
import TextNote from '../../../src-renderer/views/data/TextNote.vue'
import { fakeTexts } from '../../standIn/data.ts'

const noteOf = (data: Record<string, unknown>): Promise<string> => {
  const pinia = createPinia()
  setActivePinia(pinia)
  for (const text of fakeTexts) useDatasets().rows.set(text.id, text)
  return renderToString(createSSRApp(TextNote, { config: parseConfig({ data }) }).use(pinia))
}

it('says that the words of the built-in prose are invented, and nothing for other data', async () => {
  expect(await noteOf({ kind: 'text', dataset: 'prose' })).toContain('invented')
  expect(await noteOf({ kind: 'text', dataset: 'moby-dick' })).not.toContain('<p')
  expect(await noteOf({ kind: 'series' })).not.toContain('<p')
})
