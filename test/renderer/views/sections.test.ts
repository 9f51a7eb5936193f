// How the launch form is divided: no field is lost, folded sections say what was changed in them.
import { describe, expect, it } from 'vitest'
import { catalog } from '../../../src-main/engine/catalog.ts'
import { allFields, defaultValues, fieldGroups, shownFields } from '../../../src-renderer/forms/values.ts'
import { foldOf, sectionsOf, summaryOf } from '../../../src-renderer/views/launch/sections.ts'

const all = catalog()
const values = defaultValues(all)

describe('sections of the form', () => {
  it.each([['adam'], ['hessianfree'], ['momentum']])(
    'show every field that counts exactly once (%s)',
    (optimizer) => {
      const now = {
        ...values,
        'optimizer.name': optimizer,
        'forcing.mode': 'professor',
        'schedule.name': 'step',
      }
      const groups = fieldGroups(all, now)
      const shown = sectionsOf(groups, now).flatMap((section) => section.fields.map((field) => field.path))
      const counted = shownFields(allFields(groups), groups, now)
      expect(shown.toSorted()).toEqual(counted.map((field) => field.path).toSorted())
    },
  )

  it('name only fields that exist', () => {
    const folded = Object.values(all.fields).flatMap((fields) => fields.filter(({ path }) => foldOf(path)))
    expect(folded.length).toBeGreaterThan(30)
    expect(foldOf('optimizer.lr')).toBeUndefined()
  })

  it('summarise what differs from what the form began with, else from the defaults, else what can be set', () => {
    const now = { ...values, 'regularization.dropout': 0.25, 'regularization.zoneout': 0.1 }
    const section = sectionsOf(fieldGroups(all, now), now).find(({ id }) => id === 'regularization')!
    expect(summaryOf(section, now, {}, String)).toBe('Dropout: 0.25, Zoneout: 0.1')
    expect(summaryOf(section, { ...now, 'regularization.dropout': 0.5 }, now, String)).toBe('Dropout: 0.5')
    expect(summaryOf(section, now, now, String)).toBe('Dropout: 0.25, Zoneout: 0.1')
    expect(summaryOf(section, values, {}, String)).toContain('Dropout mask')
  })
})
