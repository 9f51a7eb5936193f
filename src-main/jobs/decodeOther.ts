// Decodes bytes of an encoding other than UTF-8. Bytes without a character in the encoding are reported.
import { encodings, type Encoding } from '../contract/data.ts'
import type { UnrollError } from '../contract/errors.ts'
import { placesText, decodeWarning, type PieceDecoder } from './textReading.ts'

/** Number of occurrences, and offset of the first. */
function places() {
  let count = 0
  let first = 0
  return {
    meet(character: number): void {
      if (count++ === 0) first = character
    },
    say: (what: string): string[] =>
      count > 0 ? [`${placesText(count)} ${what}, the first at character ${first}.`] : [],
  }
}

/** `why` ends the warning. `fault`: the error to throw at the first invalid bytes; without it they become U+FFFD. */
export function readEncoded(encoding: Encoding, why: string, fault?: () => UnrollError): PieceDecoder {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true, fatal: fault !== undefined })
  const lost = places()
  const controls = places()
  let held = ''
  let characters = 0

  function decode(bytes: Uint8Array, last: boolean): string {
    try {
      return held + decoder.decode(bytes, { stream: !last })
    } catch (error) {
      throw fault?.() ?? error
    }
  }
  function watch(text: string): void {
    for (const point of text) {
      characters++
      if (point === '\ufffd') lost.meet(characters)
      else if (point >= '\u0080' && point <= '\u009f' && point !== '\u0085') controls.meet(characters)
    }
  }
  return {
    encoding,
    read(bytes, last) {
      const text = decode(bytes, last)
      const isCut = !last && /[\ud800-\udbff]$/.test(text)
      held = isCut ? text.slice(-1) : ''
      const whole = isCut ? text.slice(0, -1) : text
      watch(whole)
      return { text: whole, utf8: new TextEncoder().encode(whole) }
    },
    warnings: () =>
      [
        `Read as ${encoding}, ${encodings[encoding]}, ${why}, and stored as UTF-8.`,
        ...lost.say(`without a character in ${encoding} became U+FFFD`),
        ...controls.say('became control characters; another encoding may be meant'),
      ].map(decodeWarning),
  }
}
