// Serves `unroll://app` from a fixed map of files. No URL ever becomes a path.
import type { CustomScheme } from 'electron'
import { securityHeaders } from '../headers.ts'
import type { PageFiles } from '../pageFiles.ts'

export const pageOrigin = 'unroll://app'

/** To be registered before Electron is ready: a secure origin. */
export const scheme: CustomScheme = {
  scheme: 'unroll',
  privileges: { standard: true, secure: true, supportFetchAPI: true },
}

/** True for an address of the page itself. Compared by component: a prefix would admit `unroll://app.evil`. */
export function isPageUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, host, username, password } = new URL(text)
  return protocol === 'unroll:' && host === 'app' && username === '' && password === ''
}

/** Handles requests to the scheme: GET of a known file, else 404. */
export function answerFrom(files: PageFiles): (request: Request) => Response {
  return (request) => {
    const file =
      request.method === 'GET' && isPageUrl(request.url)
        ? files.get(new URL(request.url).pathname)
        : undefined
    if (!file)
      return new Response('Not found', {
        status: 404,
        headers: { ...securityHeaders, 'content-type': 'text/plain' },
      })
    return new Response(new Uint8Array(file.bytes), {
      headers: { ...securityHeaders, 'content-type': file.type },
    })
  }
}
