// The compiled tables of the documents are what the catalog says now, and the compiler leaves prose alone.
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compile, documents, tables } from '../../scripts/docs.ts'
import { groupNames } from '../../src-main/contract/config.ts'
import { commonMetrics } from '../../src-main/contract/metrics.ts'
import { catalog } from '../../src-main/engine/index.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('documents', () => {
  it('have no stale table (npm run docs)', () => {
    const stale = documents(root, catalog()).filter(([, before, after]) => before !== after)
    expect(stale.map(([path]) => relative(root, path))).toEqual([])
  })

  it('name every cell and every option of a run', () => {
    const { cells, fields } = catalog()
    const texts = tables(catalog())
    for (const { id } of cells) expect(texts.cells).toContain(`\`${id}\``)
    for (const group of groupNames)
      for (const { path } of fields[group]) expect(texts[`options.${group}`]).toContain(`\`${path}\``)
  })

  it('name present options and metrics only, but for the tables of former names', () => {
    const { cells, fields, tasks } = catalog()
    const all = [...Object.values(fields), ...[...cells, ...tasks].map((row) => row.fields)].flat()
    const options = new Set(all.map(({ path }) => path))
    const metrics = new Set(
      [...commonMetrics, ...tasks.flatMap((row) => row.metrics)].map(({ name }) => name),
    )
    const option = new RegExp(`\`((?:${groupNames.join('|')})\\.[A-Za-z.]+)[\`: =]`, 'g')
    const metric = /`((?:train|val)\/[a-z_]+)[`*]/g
    const former = /<!-- compiled: (options\.older|metrics\.renamed) -->[\s\S]*?<!-- end -->/g
    const unknown = documents(root, catalog()).flatMap(([path, text]) => {
      const present = text.replace(former, '')
      const found = (pattern: RegExp) => [...present.matchAll(pattern)].map(([, name]) => name!)
      const wrong = [
        ...found(option).filter((name) => !name.endsWith('.ts') && !options.has(name)),
        ...found(metric).filter((name) => !metrics.has(name)),
      ]
      return wrong.map((name) => `${relative(root, path)}: ${name}`)
    })
    expect(unknown).toEqual([])
  })

  it('have no marks of an unresolved merge', () => {
    const marked = documents(root, catalog()).filter(([, text]) => /^(<{7}|>{7}) /m.test(text))
    expect(marked.map(([path]) => relative(root, path))).toEqual([])
  })

  it('keep their prose, and a table that does not exist is named with the nearest', () => {
    const text = 'before\n<!-- compiled: cells -->\nold\n<!-- end -->\nafter\n'
    const once = compile(text, { cells: '| a |' })
    expect(once).toBe('before\n<!-- compiled: cells -->\n\n| a |\n\n<!-- end -->\nafter\n')
    expect(compile(once, { cells: '| a |' })).toBe(once)
    expect(() => compile(text, { cell: '' })).toThrow('No compiled table "cells"; did you mean "cell"?')
  })
})
