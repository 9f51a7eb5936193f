// Interventions as text: every form is read, printed and read again to the same value; a wrong one is refused at its character.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  interventionText,
  needsReading,
  parseIntervention,
  type Intervention,
} from '../../src-main/contract/intervention.ts'

describe('an intervention', () => {
  it.each<[string, Intervention]>([
    ['L1.c[20]=set(q99)', { layer: 0, signal: 'c', units: [20], operation: { kind: 'set', level: { kind: 'quantile', share: 0.99 } } }],
    ['L2.h[0-2, 7]=scale(-0.5)', { layer: 1, signal: 'h', units: [0, 1, 2, 7], operation: { kind: 'scale', value: -0.5 } }],
    ['L1.i[*]=flip', { layer: 0, signal: 'i', operation: { kind: 'flip' } }],
    [' L1.c[3] = add(1e-3) from 50', { layer: 0, signal: 'c', units: [3], operation: { kind: 'add', value: 0.001 }, from: 50 }],
    ['L1.c[3]=freeze at 7', { layer: 0, signal: 'c', units: [3], operation: { kind: 'freeze' }, at: 7 }],
    ['L1.c[3]=set(median(not inside("(",")"))) where inside("(",")")', { layer: 0, signal: 'c', units: [3], operation: { kind: 'set', level: { kind: 'quantile', share: 0.5, where: 'not inside("(",")")' } }, where: 'inside("(",")")' }],
    ['L1.c[3]=set(mean) from 2 where quote', { layer: 0, signal: 'c', units: [3], operation: { kind: 'set', level: { kind: 'mean' } }, from: 2, where: 'quote' }],
    ['L1.c[3]=resample', { layer: 0, signal: 'c', units: [3], operation: { kind: 'resample' } }],
  ])('%s', (text, value) => {
    expect(parseIntervention(text)).toEqual(value)
    expect(parseIntervention(interventionText(value))).toEqual(value)
  }) // prettier-ignore

  it('is the same after it was printed, whatever it is', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true })
    const where = fc.constantFrom('quote', 'inside("(",")")', 'depth("(",")") >= 2 and not space')
    const level = fc.oneof(
      number.map((value) => ({ kind: 'number' as const, value: value + 0 })),
      fc.record(
        {
          kind: fc.constant('quantile' as const),
          share: fc.integer({ min: 0, max: 100 }).map((p) => p / 100),
          where,
        },
        { requiredKeys: ['kind', 'share'] },
      ),
      fc.record({ kind: fc.constant('mean' as const), where }, { requiredKeys: ['kind'] }),
    )
    const operation = fc.oneof(
      level.map((l) => ({ kind: 'set' as const, level: l })),
      fc.record({ kind: fc.constantFrom('add' as const, 'scale' as const), value: number.map((v) => v + 0) }),
      fc.constantFrom('flip', 'freeze', 'resample').map((kind) => ({ kind }) as Intervention['operation']),
    )
    const intervention = fc.record(
      {
        layer: fc.integer({ min: 0, max: 63 }),
        signal: fc.constantFrom('h', 'c', 'tanh_c'),
        units: fc.uniqueArray(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 4 }),
        operation,
        from: fc.integer({ min: 0, max: 1e6 }),
        where,
      },
      { requiredKeys: ['layer', 'signal', 'operation'] },
    )
    fc.assert(
      fc.property(intervention, (value) => {
        expect(parseIntervention(interventionText(value as Intervention))).toEqual(value)
      }),
    )
  })

  it.each([
    ['c[3]=flip', /character 1: expected a layer/],
    ['L0.c[3]=flip', /character 1/],
    ['L1.c[x]=flip', /character 6: expected units/],
    ['L1.c[5-2]=flip', /character 6: expected units/],
    ['L1.c[3]=put(2)', /character 9: expected set\(x\)/],
    ['L1.c[3]=set(q200)', /character 13: expected a number, q0 to q100/],
    ['L1.c[3]=set(2', /closing parenthesis/],
    ['L1.c[3]=add(two)', /character 13: expected a number in add/],
    ['L1.c[3]=flip flop', /character 13: expected nothing more/],
    [`L1.c[3]=set(${'('.repeat(3000)}`, /closing parenthesis/],
  ])('%s is refused at its character', (text, message) => {
    expect(() => parseIntervention(text)).toThrow(
      expect.objectContaining({ code: 'E_ARG', message: expect.stringMatching(message) as string }),
    )
  })

  it.each([
    ['L1.c[3]=set(2)', false],
    ['L1.c[3]=set(q50)', true],
    ['L1.c[3]=resample', true],
    ['L1.c[3]=flip', false],
  ])('%s depends on a text: %s', (text, depends) => {
    expect(needsReading(parseIntervention(text))).toBe(depends)
  })
})
