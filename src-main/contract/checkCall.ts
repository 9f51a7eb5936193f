// The check of every call, whatever shell it came from: the name, whether the shell offers the command, the input.
import { api, commandNames, type CommandName, type Parsed } from './api.ts'
import { nearest, UnrollError } from './errors.ts'
import { parseWith, refuseHugeConfig } from './validate.ts'

export interface CallOptions {
  /** True for shells in the user's own process, which may name files. */
  local?: boolean
}

/** The validated input. Throws E_NOT_FOUND with the nearest name, E_FORBIDDEN for a local command, E_CONFIG_SIZE, E_ARG. */
export function checkCall<K extends CommandName>(
  name: K,
  input: unknown,
  { local = false }: CallOptions = {},
): Parsed<K> {
  if (typeof name !== 'string' || !Object.hasOwn(api, name)) {
    const shown = typeof name === 'string' ? (name as string).slice(0, 60) : ''
    const near = nearest(shown, commandNames)
    throw new UnrollError(
      'E_NOT_FOUND',
      `There is no command ${JSON.stringify(shown)}${near ? `; did you mean ${near}?` : '.'}`,
    )
  }
  if (api[name].local && !local) {
    throw new UnrollError(
      'E_FORBIDDEN',
      `${name} takes file paths, so only the terminal and the menu offer it. Send the file itself with data.import.`,
    )
  }
  if (input !== null && typeof input === 'object' && 'config' in input) refuseHugeConfig(input.config)
  return parseWith(api[name].input, input, 'E_ARG', name) as Parsed<K>
}
