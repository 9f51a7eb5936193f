// Takes the tags of HTML out of a text and decodes its entities; nothing is executed or fetched.
import { Parser } from 'htmlparser2'

/** Elements whose content is no text. */
const silent = new Set(['script', 'style'])
/** Elements that part words. */
const parting = /^(br|p|div|li|ul|ol|tr|td|th|table|h[1-6]|hr|blockquote|article|section|title|option)$/

/** The text of a piece of HTML; a tag that parts words becomes a space. */
export function withoutMarkup(html: string): string {
  if (!/[<&]/.test(html)) return html
  const parts: string[] = []
  let hidden = 0
  const parser = new Parser(
    {
      onopentagname(name) {
        if (silent.has(name)) hidden++
        if (parting.test(name)) parts.push(' ')
      },
      onclosetag(name) {
        if (silent.has(name)) hidden--
        if (parting.test(name)) parts.push(' ')
      },
      ontext(text) {
        if (hidden === 0) parts.push(text)
      },
    },
    { decodeEntities: true },
  )
  parser.end(html)
  return parts.join('').replace(/ {2,}/g, ' ')
}

/** Whether texts seem to contain markup: a known tag or an entity. */
export const hasMarkup = (texts: readonly string[]): boolean =>
  texts.some((text) =>
    /<(br|p|div|b|i|em|strong|a|span|li|h[1-6])\b[^>]*>|&(amp|lt|gt|quot|nbsp|#\d{2,5});/i.test(text),
  )
