// The built page as a fixed map from URL path to bytes, loaded at the start. No request path ever becomes a file path.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UnrollError } from '../contract/errors.ts'

export interface PageFile {
  type: string
  bytes: Buffer
  /** Quoted, for If-None-Match. */
  etag: string
  /** The name contains a hash of the content, so it may be cached for ever. */
  immutable: boolean
}
export type PageFiles = ReadonlyMap<string, PageFile>

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** Folder of the built page: out/renderer, the same from the sources and from the bundle. */
export const pageDir = fileURLToPath(new URL('../../out/renderer', import.meta.url))

/** Reads every regular file below `dir` whose kind is known; `/` is index.html. E_NOT_FOUND if the page was not built. */
export function readPageFiles(dir: string = pageDir): PageFiles {
  if (!existsSync(join(dir, 'index.html'))) {
    throw new UnrollError('E_NOT_FOUND', 'The page is not built. Run "npm run build", then try again.')
  }
  const files = new Map<string, PageFile>()
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)]
    if (!entry.isFile() || !type) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = readFileSync(path)
    const url = `/${relative(dir, path).split(sep).join('/')}`
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    files.set(url, { type, bytes, etag, immutable: /-[\w-]{8,}\.\w+$/.test(entry.name) })
  }
  files.set('/', files.get('/index.html')!)
  return files
}
