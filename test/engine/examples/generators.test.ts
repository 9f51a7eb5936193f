// Generated examples against plain code of another kind: sums, grammars written down again, brackets by erasing pairs.
import { describe, expect, it } from 'vitest'
import { heldOutExamples } from '../../../src-main/engine/tasks/examples/batches.ts'
import { stepsOf, type Example } from '../../../src-main/engine/tasks/examples/example.ts'
import { memoryData, problemOf, type MemoryData } from '../../../src-main/engine/tasks/memoryProblem/index.ts'
import type { GeneratedProblem } from '../../../src-main/engine/tasks/memoryProblem/problem.ts'
import { problems } from '../../../src-main/engine/tasks/memoryProblem/problems/index.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'

const taskOf = (given: Partial<MemoryData>): GeneratedProblem =>
  problemOf(memoryData.parse(given) as MemoryData)
function draws(task: GeneratedProblem, count: number): Example[] {
  const random = randomStream({ seed: [7, 8], step: 3 }, 99)
  return Array.from({ length: count }, () => task.draw(random))
}
/** The whole string of a next-symbol example. */
const written = ({ symbols }: GeneratedProblem, { input, answer }: Example): string =>
  [...Array.from(input), answer[answer.length - 1]!].map((id) => symbols[id]).join('')
/** Symbols that an example says could have come at step t. */
const allowed = ({ symbols }: GeneratedProblem, { legal }: Example, t: number): string =>
  symbols.filter((_, k) => (legal![t]! >> k) & 1).join('')
/** All continuations of `prefix` by one symbol after which `strings` still has a member. */
const continuations = (strings: readonly string[], prefix: string): string =>
  [...new Set(strings.filter((s) => s.startsWith(prefix)).map((s) => s[prefix.length]!))].sort().join('')

describe('adding', () => {
  const task = taskOf({ problem: 'adding', length: 11 })
  it('asks for the sum of the two marked values, one in each half', () => {
    for (const { input, answer } of draws(task, 200)) {
      const rows = Array.from({ length: 11 }, (_, t) => [input[2 * t]!, input[2 * t + 1]!] as const)
      const marked = rows.flatMap(([value, mark], t) => (mark === 1 ? [{ t, value }] : []))
      expect(marked).toHaveLength(2)
      expect(marked[0]!.t).toBeLessThan(5)
      expect(marked[1]!.t).toBeGreaterThanOrEqual(5)
      expect(answer[0]).toBe(marked[0]!.value + marked[1]!.value)
      expect(rows.every(([value, mark]) => value >= 0 && value < 1 && (mark === 0 || mark === 1))).toBe(true)
    }
  })
  it('always answering 1 has a squared error of about 1/6', () => {
    const errors = draws(task, 5000).map(({ answer }) => (answer[0]! - 1) ** 2)
    expect(errors.reduce((a, b) => a + b) / 5000).toBeCloseTo(1 / 6, 2)
  })
})

/** Reber's grammar written down a second time: the strings of at most `length` symbols, by growing them from a table of edges. */
function reberStrings(length: number): string[] {
  const edges: Record<string, [string, string][]> = {
    q0: [['T', 'q1'], ['P', 'q2']],
    q1: [['S', 'q1'], ['X', 'q3']],
    q2: [['T', 'q2'], ['V', 'q4']],
    q3: [['X', 'q2'], ['S', 'end']],
    q4: [['P', 'q3'], ['V', 'end']],
  } // prettier-ignore
  const grow = (node: string, text: string): string[] =>
    text.length >= length
      ? []
      : node === 'end'
        ? [`${text}E`]
        : edges[node]!.flatMap(([symbol, next]) => grow(next, text + symbol))
  return grow('q0', 'B')
}

describe('reber', () => {
  it('draws strings of the grammar and tells every symbol that could come', () => {
    const task = taskOf({ problem: 'reber' })
    const all = reberStrings(16)
    const members = new Set(all)
    let seen = 0
    for (const example of draws(task, 400)) {
      const text = written(task, example)
      if (text.length > 10) continue
      seen++
      expect(members.has(text), text).toBe(true)
      for (let t = 0; t < example.answer.length; t++)
        expect([...allowed(task, example, t)].sort().join('')).toBe(continuations(all, text.slice(0, t + 1)))
    }
    expect(seen).toBeGreaterThan(150)
  })

  it('the embedding repeats its choice behind the inner string', () => {
    const task = taskOf({ problem: 'embedded-reber' })
    const inner = new Set(reberStrings(16))
    for (const example of draws(task, 300)) {
      const text = written(task, example)
      const parts = /^B([TP])(B.*E)([TP])E$/.exec(text)!
      expect(parts[3]).toBe(parts[1])
      if (parts[2]!.length <= 12) expect(inner.has(parts[2]!), text).toBe(true)
      expect(allowed(task, example, 0)).toBe('TP')
      expect(allowed(task, example, text.length - 3)).toBe(parts[1])
      expect(allowed(task, example, text.length - 2)).toBe('E')
    }
  })
})

describe('dyck', () => {
  it.each([
    [1, 1],
    [2, 4],
    [4, 3],
  ])('%i kinds, %i deep: pairs cancel to nothing, and only what may follow is allowed', (kinds, depth) => {
    const task = taskOf({ problem: 'dyck', kinds, depth, length: 30 })
    let deepest = 0
    for (const example of draws(task, 200)) {
      const text = written(task, example)
      let inside = text.slice(1, -1)
      expect(text).toBe(`#${inside}#`)
      expect(inside.length).toBeLessThanOrEqual(30)
      for (let before = ''; before !== inside;) {
        before = inside
        inside = inside.replaceAll(/\(\)|\[\]|\{\}|<>/g, '')
      }
      expect(inside).toBe('')
      let open = ''
      for (let t = 0; t < example.answer.length; t++) {
        const closing = { '(': ')', '[': ']', '{': '}', '<': '>' }[open.at(-1) ?? ''] ?? '#'
        const expected = (t === 0 ? '' : closing) + (open.length < depth ? '([{<'.slice(0, kinds) : '')
        expect([...allowed(task, example, t)].sort()).toEqual([...expected].sort())
        const next = text[t + 1]!
        open = '([{<'.includes(next) ? open + next : open.slice(0, -1)
        deepest = Math.max(deepest, open.length)
      }
    }
    expect(deepest).toBe(depth)
  })
})

describe('the others', () => {
  it('a^n b^n: as many b as a, and the first b is the only choice', () => {
    const task = taskOf({ problem: 'anbn', length: 7 })
    for (const example of [...draws(task, 50), ...heldOutExamples(task, 1000)]) {
      const text = written(task, example)
      const n = (text.length - 2) / 2
      expect(text).toBe(`#${'a'.repeat(n)}${'b'.repeat(n)}#`)
      const sets = Array.from(example.answer, (_, t) => allowed(task, example, t))
      expect(sets).toEqual(['a', ...Array<string>(n).fill('ab'), ...Array<string>(n - 1).fill('b'), '#'])
    }
    expect(heldOutExamples(task, 1000).map(({ extrapolation }) => extrapolation === true)).toEqual([
      ...Array<boolean>(7).fill(false),
      ...Array<boolean>(7).fill(true),
    ])
  })

  it('copy: the symbols come back in order behind the mark', () => {
    const task = taskOf({ problem: 'copy', length: 4, delay: 6 })
    for (const { input, answer } of draws(task, 50)) {
      const text = Array.from(input, (id) => task.symbols[id]).join('')
      expect(text).toMatch(/^[a-h]{4}·{6}\?·{3}$/)
      const asked = Array.from(answer, (id) => (id < 0 ? '-' : task.labels[id])).join('')
      expect(asked).toBe(`${'-'.repeat(10)}${text.slice(0, 4)}`)
    }
  })

  it('parity: odd counts of ones, at the end or after each bit', () => {
    const [end, each] = [taskOf({ problem: 'parity' }), taskOf({ problem: 'parity', asked: 'each' })]
    draws(end, 100).forEach(({ input, answer }) =>
      expect([...Array.from(answer)]).toEqual([Array.from(input).filter((bit) => bit === 1).length % 2]),
    )
    draws(each, 100).forEach(({ input, answer }) => {
      const ones = Array.from(
        input,
        (_, t) =>
          Array.from(input)
            .slice(0, t + 1)
            .filter((b) => b === 1).length % 2,
      )
      expect(Array.from(answer)).toEqual(ones)
    })
  })

  it('reverse and count', () => {
    draws(taskOf({ problem: 'reverse', length: 9 }), 100).forEach(({ input, answer }) =>
      expect(Array.from(answer).reverse()).toEqual(Array.from(input)),
    )
    const count = taskOf({ problem: 'count', length: 9 })
    draws(count, 100).forEach((example) => {
      const { input, answer } = example
      const n = Math.round(input[0]! * 9)
      expect(answer).toHaveLength(n)
      expect(stepsOf(count, example)).toBe(n)
      Array.from(answer).forEach((y, k) => expect(y).toBeCloseTo(input[1]! * ((k + 1) / n), 12))
      expect(
        Array.from(input)
          .slice(2)
          .every((v) => v === 0),
      ).toBe(true)
    })
  })

  it.each(problems.map(({ id }) => id))('%s: no example is longer than its task says', (problem) => {
    const task = taskOf({ problem, length: 12 })
    for (const example of draws(task, 300)) {
      expect(stepsOf(task, example)).toBeLessThanOrEqual(task.maxLength.input)
      if (task.fixedLength) expect(stepsOf(task, example)).toBe(task.maxLength.input)
      if (task.topology === 'each') expect(example.answer).toHaveLength(stepsOf(task, example))
    }
    expect(draws(task, 3)).toEqual(draws(task, 3))
  })
})
