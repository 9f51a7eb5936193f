// What is said of the texts that come along, without making them, is true of them.
import { describe, expect, it } from 'vitest'
import { chunksOf } from '../../src-main/engine/data/source.ts'
import * as engine from '../../src-main/engine/index.ts'
import { loadText } from '../../src-main/jobs/texts.ts'
import { textCounter } from '../../src-main/jobs/textStatistics.ts'
import { builtins } from '../../src-main/services/builtinTexts.ts'

describe('a text that comes along', () => {
  it.each(builtins.map((builtin) => [builtin.id, builtin] as const))(
    '%s has the size and the hash that are said',
    (_id, { ref, facts }) => {
      const counter = textCounter()
      for (const chunk of chunksOf(loadText(ref(), engine)))
        counter.add(chunk, new TextEncoder().encode(chunk))
      expect(counter.statistics('utf-8', [])).toMatchObject(facts)
    },
  )
})
