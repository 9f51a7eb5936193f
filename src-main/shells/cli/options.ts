// Checks of flags beyond commander's: a flag given twice, a flag that took the next flag as its value, and numbers.
import type { Command } from 'commander'
import { UnrollError } from '../../contract/errors.ts'
import { readNumber } from '../../contract/readNumber.ts'

/** Makes `program` and its commands refuse, with E_ARG, such errors in `argv`. */
export function refuseSlips(program: Command, argv: readonly string[]): void {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const seen = new Set<string>()
  for (const command of [program, ...program.commands.flatMap((c) => [c, ...c.commands])]) {
    for (const option of command.options) {
      const name = option.name()
      command.on(`option:${name}`, (value: string | null) => {
        if (seen.has(name) && option.parseArg !== collect)
          throw new UnrollError('E_ARG', `--${name} is given twice. Keep one.`)
        seen.add(name)
        const flags = [option.long, option.short]
        const swallowed = words.some((word, i) => flags.includes(word) && words[i + 1] === value)
        if (value && swallowed && /^-+[a-z]/i.test(value)) {
          throw new UnrollError(
            'E_ARG',
            `--${name} needs a value, but "${value}" follows. If that is the value, write --${name}=${value}.`,
          )
        }
      })
    }
  }
}

/** A number parser for commander; the app checks the range. */
export const number =
  (name: string) =>
  (text: string): number => {
    const { value, fault } = readNumber(text)
    if (fault === undefined) return value
    throw new UnrollError('E_ARG', `--${name}: ${fault}.`)
  }

/** Collects a repeatable flag. */
export const collect = (text: string, before: string[] | undefined): string[] => [...(before ?? []), text]

/** Layers count from 1 in the terminal and the window, from 0 in the contract. */
export function layerIndex(layer: number, layers: number): number {
  if (Number.isInteger(layer) && layer >= 1 && layer <= layers) return layer - 1
  throw new UnrollError('E_ARG', `--layer: ${layer}; layers count from 1, and this run has ${layers}.`)
}

/** Throws E_ARG for an inapplicable flag; `why` gives the reason. */
export function refuseFlags<F extends object>(
  flags: F,
  names: readonly (keyof F & string)[],
  why: string,
): void {
  const name = names.find((each) => flags[each] !== undefined)
  if (name === undefined) return
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw new UnrollError('E_ARG', `--${flag}: ${why}. Leave the flag out.`, { path: flag })
}
