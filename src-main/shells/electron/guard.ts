// What no page may ever do in the window: go elsewhere, open windows, ask for permissions or devices, load from the network. All of
// it is denied for every web contents that is ever made, whoever made it.
import type { App, Session, WebContents } from 'electron'
import { isPageUrl } from './page.ts'

/** Every navigation, pop-up and embedded view of `contents` is refused. */
function guardContents(contents: WebContents): void {
  const refuse = (event: { preventDefault(): void }) => event.preventDefault()
  contents.on('will-navigate', refuse)
  contents.on('will-redirect', refuse)
  contents.on('will-frame-navigate', refuse)
  contents.on('will-attach-webview', refuse)
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Guards all web contents to come. */
export const guardApp = (app: App): void =>
  void app.on('web-contents-created', (_event, contents) => guardContents(contents))

/** Denies every device and screen, every permission but that to show notices, and every request that does not stay inside the program. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'notifications'),
  )
  session.setPermissionCheckHandler((_contents, permission) => permission === 'notifications')
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !staysInside(url) }))
}

/** The page, what it made itself, and the developer tools. */
const staysInside = (url: string): boolean =>
  isPageUrl(url) || /^(blob:unroll:\/\/app\/|data:|devtools:)/.test(url)
