#!/usr/bin/env node
// The command line: checks Node first, then hands over to the CLI shell, which decides everything else. What Node makes of the sources
// is kept for the next start, also for worker threads: half the time, and no compiler in memory.
import module from 'node:module'
import { join } from 'node:path'
import { onFitNode, root } from '../scripts/nodeVersion.mjs'

process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'unroll')
module.enableCompileCache?.()
await onFitNode(async () => {
  // A server lives for days: it must not hold the compiler.
  if (process.argv.includes('serve')) (await import('../scripts/precompile.mjs')).precompile()
  return import('../src-main/shells/cli/main.ts')
})
