// The question how to read a file that is not UTF-8 offers what the file looks like first.
import { expect, it } from 'vitest'
import { encodings } from '../../../src-main/contract/data.ts'
import DecodeChoice from '../../../src-renderer/views/data/DecodeChoice.vue'
import { rendered } from '../rendered.ts'

it.each([
  [{ encoding: 'koi8-r' }, 'koi8-r'],
  [{ offset: 3 }, 'windows-1252'],
  [undefined, 'windows-1252'],
])('of %j it is %s', async (details, expected) => {
  let chosen = 'skip'
  const html = await rendered(DecodeChoice, {
    error: { code: 'E_UTF8', message: 'x', ...(details && { details }) },
    modelValue: chosen,
    'onUpdate:modelValue': (value: string) => (chosen = value),
  })
  expect(chosen).toBe(expected)
  expect(html).toMatch(new RegExp(`<option value="${expected}"[^>]* selected>`))
  expect(html.match(/<option/g)).toHaveLength(Object.keys(encodings).length)
})
