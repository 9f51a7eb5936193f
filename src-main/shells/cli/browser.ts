// Opens an address in the user's browser with the system's opener, without a shell. The address is our own and never comes from data.
import { spawn } from 'node:child_process'

type Environment = Readonly<Record<string, string | undefined>>

/** The opener and its arguments, or undefined where no browser can be shown (no display, or a session over SSH). */
export function openerFor(
  url: string,
  platform: NodeJS.Platform,
  env: Environment,
): [string, string[]] | undefined {
  if (env['SSH_CONNECTION']) return undefined
  if (platform === 'darwin') return ['open', [url]]
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', [url]] : undefined
}

/** True once the opener was started. */
export function openBrowser(url: string, platform: NodeJS.Platform, env: Environment): Promise<boolean> {
  const opener = openerFor(url, platform, env)
  if (!opener) return Promise.resolve(false)
  return new Promise((resolve) => {
    const child = spawn(opener[0], opener[1], { stdio: 'ignore', detached: true })
    child.on('error', () => resolve(false))
    child.on('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}
