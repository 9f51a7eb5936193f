// A fresh data folder per test, removed after it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The code of the error that `act` throws or rejects with; '' if it succeeds. */
export async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act()
    return ''
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}
