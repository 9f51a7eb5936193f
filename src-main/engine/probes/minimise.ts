// Minimisation of a deterministic automaton with outputs by partition refinement (Hopcroft 1971).

/** A complete automaton: `next[state][symbol]` is a state; `output[state]` is what must agree in one class. */
export interface Automaton {
  next: readonly (readonly number[])[]
  output: readonly string[]
}

/** The class of each state, numbered in order of the first state of each: two states are in one class if no word tells them apart. */
export function minimise({ next, output }: Automaton): Int32Array {
  const states = next.length
  const symbols = next[0]?.length ?? 0
  const before: number[][][] = Array.from({ length: symbols }, () => Array.from({ length: states }, () => []))
  next.forEach((row, state) => row.forEach((to, symbol) => before[symbol]![to]!.push(state)))
  const blocks: Set<number>[] = [
    ...Map.groupBy(
      Array.from({ length: states }, (_, s) => s),
      (s) => output[s]!,
    ).values(),
  ].map((group) => new Set(group))
  const blockOf = new Int32Array(states)
  blocks.forEach((block, b) => block.forEach((s) => (blockOf[s] = b)))
  const waiting = new Set(blocks.map((_, b) => b))
  for (const splitter of waiting) {
    waiting.delete(splitter)
    const members = [...blocks[splitter]!]
    for (let symbol = 0; symbol < symbols; symbol++) {
      const reaching = members.flatMap((s) => before[symbol]![s]!)
      for (const [b, inside] of Map.groupBy(new Set(reaching), (s) => blockOf[s]!)) {
        const block = blocks[b]!
        if (inside.length === block.size) continue
        // The smaller part becomes the new block.
        const rest = [...block].filter((s) => !inside.includes(s))
        const smaller = inside.length <= rest.length ? inside : rest
        for (const s of smaller) {
          block.delete(s)
          blockOf[s] = blocks.length
        }
        blocks.push(new Set(smaller))
        waiting.add(blocks.length - 1)
      }
    }
  }
  const names = new Map<number, number>()
  return Int32Array.from(blockOf, (b) => names.get(b) ?? (names.set(b, names.size), names.size - 1))
}
