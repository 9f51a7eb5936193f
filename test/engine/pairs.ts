// Pairwise coverage: few rows in which every two choices of different factors meet at least once. Greedy, from a seed, so always the same.

export type Row<F extends Record<string, readonly string[]>> = { [K in keyof F]: F[K][number] }

/** A small generator of numbers in [0, 1) (Park and Miller's). */
function minimal(seed: number): () => number {
  let at = seed
  return () => (at = (at * 48271) % 2147483647) / 2147483647
}

/** Rows over `factors` in which every pair of choices occurs that `possible` lets occur. */
export function pairwise<F extends Record<string, readonly string[]>>(
  factors: F,
  possible: (row: Partial<Row<F>>) => boolean,
  seed = 1,
): Row<F>[] {
  const random = minimal(seed)
  const names = Object.keys(factors)
  type Choices = Record<string, string>
  const allowed = (row: Choices) => possible(row as Partial<Row<F>>)
  const key = (a: string, x: string, b: string, y: string) =>
    a < b ? `${a}=${x}&${b}=${y}` : `${b}=${y}&${a}=${x}`
  const open = new Map<string, Choices>()
  names.forEach((a, i) => {
    for (const b of names.slice(i + 1))
      for (const x of factors[a]!)
        for (const y of factors[b]!)
          if (allowed({ [a]: x, [b]: y })) open.set(key(a, x, b, y), { [a]: x, [b]: y })
  })
  const gains = (row: Choices, name: string, choice: string) =>
    Object.entries(row).filter(([other, value]) => open.has(key(name, choice, other, value))).length
  const rows: Row<F>[] = []
  while (open.size > 0) {
    const row: Choices = { ...open.values().next().value }
    const rest = names.filter((name) => !(name in row)).sort(() => random() - 0.5)
    for (const name of rest) {
      const fit = factors[name]!.filter((choice) => allowed({ ...row, [name]: choice }))
      const scored = fit.map((choice) => ({ choice, score: gains(row, name, choice) + random() / 2 }))
      row[name] = scored.reduce((a, b) => (b.score > a.score ? b : a)).choice
    }
    for (const [a, x] of Object.entries(row))
      for (const [b, y] of Object.entries(row)) if (a < b) open.delete(key(a, x, b, y))
    rows.push(row as Row<F>)
  }
  return rows
}
