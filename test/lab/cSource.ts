// C source made by a grammar: functions of nested blocks with comments, strings, brackets and indentation. As in real source, comments are
// prose with words of their own and strings are formats and identifiers.
import { byRank, inventWords } from '../../src-main/engine/data/inventedWords.ts'
import { randomStream } from '../../src-main/engine/run/random.ts'
import { settingsOf, type Bed } from './bed.ts'
import { bestUnit } from './bestUnit.ts'

const trainLength = 1_000_000
const testLength = 40_000
const deepest = 3

/** Source of whole functions, at least as many characters as asked; always the same. */
export function cSourceText(characters: number): string {
  const counter = { seed: [0x63736f75, 0x726365], step: 0 } as const
  const random = randomStream(counter, 2)
  const words = inventWords(randomStream(counter, 1), 120)
  const name = byRank(random, words.slice(0, 50))
  const proseWord = byRank(random, words.slice(50, 90))
  const chance = (p: number) => random.uniform() < p
  const several = (least: number, most: number, make: () => string, between: string) =>
    Array.from({ length: least + random.below(most - least + 1) }, make).join(between)

  const number = () => String(random.below(100))
  /** Three in ten words are identifiers of the code. */
  const comment = () => `/* ${several(3, 16, () => (chance(0.3) ? name() : proseWord()), ' ')} */`
  /** Formats and identifiers with signs between them, such as "odop=%d: %s". */
  function message(): string {
    const part = () => (chance(0.4) ? (chance(0.5) ? '%d' : '%s') : name())
    const parts = Array.from(
      { length: 1 + random.below(4) },
      () => part() + [':', '=', ' ', ', '][random.below(4)]!,
    )
    return `${parts.join('')}${part()}${chance(0.5) ? String.raw`\n` : ''}`
  }
  function value(depth = 0): string {
    if (depth < 2 && chance(0.2))
      return `(${value(depth + 1)} ${'+-*'[random.below(3)]!} ${value(depth + 1)})`
    if (depth < 2 && chance(0.2)) return `${name()}(${several(0, 3, () => value(depth + 1), ', ')})`
    return chance(0.3) ? number() : name()
  }
  const simple = () =>
    chance(0.25)
      ? `${name()}("${message()}"${chance(0.5) ? `, ${value()}` : ''});`
      : chance(0.2)
        ? `return ${value()};`
        : `${name()} = ${value()};`
  const condition = () => `${value()} ${['<', '>', '==', '!='][random.below(4)]!} ${value()}`

  function block(depth: number): string {
    const indent = '\t'.repeat(depth)
    const statement = (): string => {
      if (depth < deepest && chance(0.3))
        return `${indent}${chance(0.7) ? 'if' : 'while'} (${condition()}) {\n${block(depth + 1)}${indent}}\n`
      if (chance(0.15)) return `${indent}${comment()}\n`
      return `${indent}${simple()}${chance(0.1) ? ` ${comment()}` : ''}\n`
    }
    return several(1, 4, statement, '')
  }
  const parameter = () => `${chance(0.5) ? 'int' : 'char'} ${name()}`
  const parts: string[] = []
  for (let length = 0; length < characters;) {
    const heading = `int ${name()}(${several(0, 3, parameter, ', ')}) {\n`
    const part = `${chance(0.4) ? `${comment()}\n` : ''}${heading}${block(1)}}\n\n`
    parts.push(part)
    length += part.length
  }
  return parts.join('')
}

/** What is hidden, each with the predicates of which one unit must tell one. */
const hidden = [
  { name: 'comment', predicates: ['between("/*", "*/")'] },
  { name: 'string', predicates: [String.raw`between("\"", "\"")`] },
  { name: 'depth', predicates: ['depth("{", "}") >= 2', 'depth("{", "}") >= 3'] },
]

export const cSource: Bed = {
  name: 'c-source',
  about: 'Generated C source: comments of prose, strings of formats, blocks up to three deep.',
  measure(train) {
    const text = cSourceText(trainLength + testLength)
    const { model } = train(settingsOf({}, { window: 128, steps: 3000 }), text.slice(0, trainLength))
    const rest = text.slice(trainLength)
    const heldOut = rest.slice(rest.indexOf('\n\n') + 2) // Whole functions: depth counts from 0.
    return hidden.map(({ name, predicates }) => ({
      name: `${name} unit of c: AUC`,
      measured: Math.max(...predicates.map((predicate) => bestUnit(model, heldOut, predicate).auc)),
      must: { atLeast: 0.98 },
    }))
  },
}
