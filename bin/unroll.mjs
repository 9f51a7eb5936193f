#!/usr/bin/env node
// The command line: checks Node first, then hands over to the CLI shell, which decides everything else.
import { onFitNode } from '../scripts/nodeVersion.mjs'

await onFitNode(() => import('../src-main/shells/cli/main.ts'))
