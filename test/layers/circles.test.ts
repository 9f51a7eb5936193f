// No circle of imports at run time: a module that needs another is loaded after it. Imports of types alone do not count, they are erased.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { read, sources } from './imports.ts'

/** Two functions that call each other: the gradient of a loop is a loop, and a loop is lowered inside a block. */
const recursions = [
  'src-main/engine/compile/grad.ts, src-main/engine/compile/vjpScan.ts',
  'src-main/engine/compile/loop.ts, src-main/engine/compile/lower.ts',
]

const isErased = (node: ts.ImportDeclaration): boolean => {
  const clause = node.importClause
  if (!clause || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return clause !== undefined
  const named = clause.namedBindings
  return !clause.name && !!named && ts.isNamedImports(named) && named.elements.every((one) => one.isTypeOnly)
}

/** Paths of the sources that a module loads. */
function loadedBy(path: string): string[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest)
  return source.statements.flatMap((node) => {
    const from =
      (ts.isImportDeclaration(node) && !isErased(node)) || (ts.isExportDeclaration(node) && !node.isTypeOnly)
        ? node.moduleSpecifier
        : undefined
    return from && ts.isStringLiteral(from) && from.text.startsWith('.')
      ? [join(dirname(path), from.text)]
      : []
  })
}

/** Groups of modules of which each reaches all others (Tarjan 1972). */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const [order, low] = [new Map<string, number>(), new Map<string, number>()]
  const stack: string[] = []
  const found: string[][] = []
  const visit = (module: string): void => {
    order.set(module, order.size)
    low.set(module, order.get(module)!)
    stack.push(module)
    for (const next of graph.get(module) ?? []) {
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) low.set(module, Math.min(low.get(module)!, low.get(next)!))
    }
    if (low.get(module) === order.get(module)) found.push(stack.splice(stack.indexOf(module)).sort())
  }
  for (const module of graph.keys()) if (!order.has(module)) visit(module)
  return found.filter(({ length }) => length > 1)
}

it('modules load each other in no circle but the two recursions of the compiler', () => {
  const modules = sources.filter((path) => path.endsWith('.ts'))
  const graph = new Map(modules.map((path) => [path, loadedBy(path).filter((name) => existsSync(name))]))
  expect(
    circlesOf(graph)
      .map((circle) => circle.join(', '))
      .sort(),
  ).toEqual(recursions)
  expect(
    circlesOf(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toEqual([['b', 'c']])
})
