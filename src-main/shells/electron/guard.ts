// Denies what no page may do in the window: navigate away, open windows, get permissions or devices, load from the network. It applies to
// every web contents that is created.
import type { App, Session, WebContents } from 'electron'
import { isPageUrl } from './page.ts'

/** Denies every navigation, pop-up and embedded view of `contents`. */
function guardContents(contents: WebContents): void {
  const refuse = (event: { preventDefault(): void }) => event.preventDefault()
  contents.on('will-navigate', refuse)
  contents.on('will-redirect', refuse)
  contents.on('will-frame-navigate', refuse)
  contents.on('will-attach-webview', refuse)
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Guards all web contents that are created from now on. */
export const guardApp = (app: App): void =>
  void app.on('web-contents-created', (_event, contents) => guardContents(contents))

/** Denies every device and screen, every permission except notifications, and every request outside of the app. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'notifications'),
  )
  session.setPermissionCheckHandler((_contents, permission) => permission === 'notifications')
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !staysInside(url) }))
}

/** The page, its blob: and data: URLs, and the developer tools. */
const staysInside = (url: string): boolean =>
  isPageUrl(url) || /^(blob:unroll:\/\/app\/|data:|devtools:)/.test(url)
