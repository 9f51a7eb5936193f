// Compares the tables of a database with the expected ones, before any statement runs.
import type { Database } from 'better-sqlite3'

type Shape = Map<string, string>

/** `table.column` -> type and key; and every trigger or view. */
function shapeOf(db: Database): Shape {
  const shape: Shape = new Map()
  const rows = db.prepare("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").all() as {
    type: string
    name: string
  }[]
  for (const { type, name } of rows) {
    if (type === 'index') continue
    if (type !== 'table') shape.set(`${type} ${name}`, '')
    else {
      const columns = db
        .prepare('SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?)')
        .all(name) as Record<string, unknown>[]
      for (const { name: column, type: kind, notnull, pk, hidden } of columns) {
        shape.set(
          `${name}.${String(column)}`,
          `${String(kind)}${notnull ? ' not null' : ''}${pk ? ` key ${String(pk)}` : ''}${hidden ? ' hidden' : ''}`,
        )
      }
    }
  }
  return shape
}

/** Differences of `db` from `model`, each as a phrase. */
export function schemaDifferences(model: Database, db: Database): string[] {
  const expected = shapeOf(model)
  const found = shapeOf(db)
  return [
    ...[...expected].flatMap(([key, type]) => {
      if (!found.has(key)) return [`${key} is missing`]
      return found.get(key) === type ? [] : [`${key} is "${found.get(key)}", expected "${type}"`]
    }),
    ...[...found.keys()].filter((key) => !expected.has(key)).map((key) => `${key} is not ours`),
  ]
}
