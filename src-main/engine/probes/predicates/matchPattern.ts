// Matches of a regular expression without backtracking: all ways through the pattern advance together, a character at a time, the preferred
// one first (Thompson 1968; Pike's machine), so the time of a match is linear in its text. The steps of all are limited.
import { quotable, UnrollError } from '../../../contract/errors.ts'
import { parsePattern, type Pattern } from '../../../contract/predicate/pattern.ts'

type Instruction =
  /** Reads a character if `holds` is 1 at its index in the alphabet. */
  | { type: 'class'; holds: Uint8Array }
  | { type: 'assertion'; kind: '^' | '$' | 'b' | 'B' }
  /** Goes on at both, preferring `first`. */
  | { type: 'split'; first: number; second: number }
  | { type: 'jump'; to: number }
  | { type: 'match' }

/** The program of a pattern for texts of an alphabet. */
function compile(pattern: Pattern, flags: string, alphabet: readonly string[]): Instruction[] {
  const program: Instruction[] = []
  const split = (prefers: boolean) => {
    const node = { type: 'split' as const, first: 0, second: 0 }
    program.push(node)
    return {
      /** Sets the way in and the way around. */
      set(inside: number, around: number) {
        node.first = prefers ? inside : around
        node.second = prefers ? around : inside
      },
    }
  }

  function add(node: Pattern): void {
    switch (node.type) {
      case 'class': {
        const single = new RegExp(`^(?:${node.source})$`, `u${flags}`)
        program.push({
          type: 'class',
          holds: Uint8Array.from(alphabet, (point) => (single.test(point) ? 1 : 0)),
        })
        return
      }
      case 'assertion':
        program.push(node)
        return
      case 'sequence':
        node.parts.forEach(add)
        return
      case 'choice': {
        const ends = node.parts.slice(0, -1).map((part) => {
          const fork = split(true)
          const from = program.length
          add(part)
          const end = { type: 'jump' as const, to: 0 }
          program.push(end)
          fork.set(from, program.length)
          return end
        })
        add(node.parts.at(-1)!)
        for (const end of ends) end.to = program.length
        return
      }
      case 'repeat': {
        const { part, min, max, lazy } = node
        for (let i = 0; i < min; i++) add(part)
        if (max === Infinity) {
          const loop = program.length
          const fork = split(!lazy)
          add(part)
          program.push({ type: 'jump', to: loop })
          fork.set(loop + 1, program.length)
          return
        }
        const forks = Array.from({ length: max - min }, () => {
          const fork = split(!lazy)
          const from = program.length
          add(part)
          return { fork, from }
        })
        for (const { fork, from } of forks) fork.set(from, program.length)
      }
    }
  }
  add(pattern)
  program.push({ type: 'match' })
  return program
}

const lineEnd = /[\n\r\u2028\u2029]/
const wordChar = /\w/
/** Largest number of steps of all ways; a pattern that fails late, again and again, is refused then. */
const maxSteps = 5e7

/** Ways through a program at one position: instructions and where their matches began, preferred ones first. */
interface Ways {
  at: Int32Array
  from: Int32Array
  count: number
}
const waysOf = (size: number): Ways => ({ at: new Int32Array(size), from: new Int32Array(size), count: 0 })

/**
 * The non-empty matches of a pattern in code points, in order and without overlap, as [from, to) pairs of indices. Throws E_ARG for a pattern
 * that needs too many steps on this text.
 */
export function matchesOf(source: string, flags: string, points: readonly string[]): [number, number][] {
  const alphabet = [...new Set(points)]
  const indices = new Map(alphabet.map((point, i) => [point, i]))
  const text = Int32Array.from(points, (point) => indices.get(point)!)
  const program = compile(parsePattern(source), flags, alphabet)
  const found: [number, number][] = []
  const wordBefore = (i: number) => i > 0 && wordChar.test(points[i - 1]!)
  const wordAfter = (i: number) => i < points.length && wordChar.test(points[i]!)
  const holds = {
    '^': (i: number) => i === 0 || lineEnd.test(points[i - 1]!),
    $: (i: number) => i === points.length || lineEnd.test(points[i]!),
    b: (i: number) => wordBefore(i) !== wordAfter(i),
    B: (i: number) => wordBefore(i) === wordAfter(i),
  }
  let ways = waysOf(program.length)
  let next = waysOf(program.length)
  /** The pass that reached an instruction last; each position is a pass of its own. */
  const reached = new Float64Array(program.length)
  const stack: number[] = []
  let pass = 1
  let steps = 0

  /** Adds the ways on from an instruction at position i, without passing one twice. */
  function follow(into: Ways, start: number, from: number, i: number, pass: number): void {
    stack.push(start)
    while (stack.length > 0) {
      const at = stack.pop()!
      if (reached[at] === pass) continue
      reached[at] = pass
      steps++
      const node = program[at]!
      if (node.type === 'jump') stack.push(node.to)
      else if (node.type === 'split') stack.push(node.second, node.first)
      else if (node.type === 'assertion') {
        if (holds[node.kind](i)) stack.push(at + 1)
      } else {
        into.at[into.count] = at
        into.from[into.count++] = from
      }
    }
  }

  let best: [number, number] | undefined
  for (let i = 0; i <= points.length; i++, pass++) {
    // A match may begin here unless one is found already; it is the least preferred.
    if (!best) follow(ways, 0, i, i, pass)
    next.count = 0
    for (let w = 0; w < ways.count; w++) {
      const from = ways.from[w]!
      const node = program[ways.at[w]!]!
      if (node.type === 'match') {
        // Less preferred ways are given up. An empty match covers nothing.
        if (i > from) best = [from, i]
        break
      }
      if (node.type === 'class' && i < points.length && node.holds[text[i]!] === 1)
        follow(next, ways.at[w]! + 1, from, i + 1, pass + 1)
    }
    ;[ways, next] = [next, ways]
    if (best && ways.count === 0) {
      found.push(best)
      i = best[1] - 1
      best = undefined
      pass++
    }
    if (steps > maxSteps) throw tooSlow(source)
  }
  return found
}

const tooSlow = (source: string) =>
  new UnrollError(
    'E_ARG',
    `predicate: regex ${JSON.stringify(quotable(source))} takes too long on this text. Simplify it.`,
    { path: 'predicate' },
  )
