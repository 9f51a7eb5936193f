// The imports of a source file, and what the table says to each.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { table } from './table.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const aliases: Record<string, string> = { '@contract/': 'src-main/contract/', '@/': 'src-renderer/' }
const isPath = (specifier: string) => specifier.startsWith('.') || specifier.startsWith('/')

/** The table's row for a path: the longest prefix that ends at a folder border. */
function layerOf(path: string): string | undefined {
  const isIn = (row: string) => path === row || path.startsWith(`${row}/`)
  return Object.keys(table)
    .filter(isIn)
    .sort((a, b) => b.length - a.length)[0]
}

/** All module names in a source text: static, dynamic, `import type`, `import('x').T`, re-exports, require. */
export function importsOf(path: string, text: string): string[] {
  const script = path.endsWith('.vue')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n')
    : text
  return ts.preProcessFile(script, true, true).importedFiles.map((file) => file.fileName)
}

/** What is wrong with one import, or undefined. */
export function fault(path: string, specifier: string): string | undefined {
  const from = layerOf(path)
  if (!from) return `${path} belongs to no layer: give its folder a row in the table`
  const row = table[from]!
  const alias = Object.keys(aliases).find((prefix) => specifier.startsWith(prefix))
  if (alias && from !== 'src-renderer') return `${path}: the alias ${alias} is the renderer's`
  if (alias || isPath(specifier)) {
    const target = alias
      ? aliases[alias]! + specifier.slice(alias.length)
      : relative(root, resolve(root, dirname(path), specifier))
          .split(sep)
          .join('/')
    const code = target.split('?')[0]!
    if (!/\.(ts|vue|css|json|svg)$/.test(code)) return `${path}: "${specifier}" needs its file extension`
    if (code.startsWith('native/') && row.layers.includes('native')) return undefined
    const to = layerOf(code)
    const allowed = to !== undefined && (to === from || to.startsWith(`${from}/`) || row.layers.includes(to))
    return allowed ? undefined : `${path}: ${from} may not import ${to ?? target} ("${specifier}")`
  }
  if (specifier.startsWith('node:')) {
    const allowed = row.builtins.includes('*') || row.builtins.includes(specifier.slice(5))
    return allowed ? undefined : `${path}: ${from} may not use ${specifier}`
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  return row.packages.includes(name) ? undefined : `${path}: ${from} may not use the package ${name}`
}

/** Paths of the files in a folder whose names match `ending`; none if there is no such folder. */
export function sourcesIn(folder: string, ending: RegExp): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .filter((path) => ending.test(path))
}

/** All source files of the app. */
export const sources = ['src-main', 'src-renderer'].flatMap((folder) => sourcesIn(folder, /\.(ts|vue)$/))
/** The text of a file, by its path from the root. */
export const read = (path: string) => readFileSync(join(root, path), 'utf8')
