// The page to serve: in a clone it is built first if its sources have changed.
import { existsSync } from 'node:fs'
import { readPageFiles, type PageFiles } from '../pageFiles.ts'

const script = new URL('../../../scripts/build.mjs', import.meta.url)

/** If the build fails, notes that and uses the last build. E_NOT_FOUND if there is none. */
export async function freshPage(note: (line: string) => void): Promise<PageFiles> {
  if (existsSync(script)) {
    const { buildPage } = (await import(script.href)) as { buildPage: () => Promise<void> }
    await buildPage().catch((error: Error) =>
      note(`The page was not built anew: ${error.message.split('\n', 3).join(' ')}`),
    )
  }
  return readPageFiles()
}
