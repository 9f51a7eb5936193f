// A coloured text as one self-contained HTML page: light background, selectable text, no scripts, nothing from the network.
import { cssPalette } from './colormap.ts'
import { entriesOf, factsOf, ticksOf, type ColouredText } from './colouredText.ts'
import { escapeMarkup } from './markup.ts'
import { displayText, isLineEnd } from './textLines.ts'

/** The text of the file. Copied text is the original text, except for invisible characters, which are drawn as signs. */
export function heatHtml(text: ColouredText): string {
  const colors = cssPalette(text.kind, 'light')
  const entries = entriesOf(text)
  const used = [...new Set(entries)].sort((a, b) => a - b)
  const facts = factsOf(text)
  const title = `${facts[2]![1]} of ${facts[0]![1]}`
  const stops = Array.from({ length: 33 }, (_, i) => colors[1 + Math.round((254 * i) / 32)]!)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>
body{margin:24px;max-width:960px;background:white;color:rgb(17 19 24);font:14px/20px system-ui,sans-serif}
h1{font-size:18px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px}
dt{color:rgb(90 95 105)}
dd{margin:0;overflow-wrap:anywhere}
.bar{width:255px;height:12px;border:1px solid rgb(200 200 205);background:linear-gradient(to right,${stops.join(',')})}
.ticks{display:flex;justify-content:space-between;width:255px;font-size:12px}
pre{font:14px/24px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere;direction:ltr;unicode-bidi:bidi-override}
.e::before{content:"\\21b5";color:rgb(110 115 125)}
${used.map((entry) => `.v${entry}{background:${colors[entry]!}}`).join('\n')}
</style>
</head>
<body>
<h1><bdi>${escapeMarkup(title)}</bdi></h1>
<dl>
${facts.map(([name, value]) => `<dt>${name}</dt><dd><bdi>${escapeMarkup(value)}</bdi></dd>`).join('\n')}
${addressLine(text.address)}</dl>
<div class="bar" role="img" aria-label="Colours from ${escapeMarkup(ticksOf(text)[0])} to ${escapeMarkup(ticksOf(text)[2])}"></div>
<div class="ticks">${ticksOf(text)
    .map((tick) => `<span>${escapeMarkup(tick)}</span>`)
    .join('')}</div>
<pre>${spansOf(text.tokens, entries)}</pre>
</body>
</html>
`
}

const addressLine = (address: string | undefined): string => {
  if (address === undefined || !/^https?:/.test(address)) return ''
  const shown = escapeMarkup(address)
  return `<dt>Address</dt><dd><a href="${shown}" rel="noreferrer">${shown}</a></dd>\n`
}

/** A span per run of symbols of one colour; a line end is a span of its own, whose sign is not copied. */
function spansOf(tokens: readonly string[], entries: Uint8Array): string {
  const parts: string[] = []
  let open = ''
  let openEntry = -1
  const close = () => {
    if (open) parts.push(`<span class="v${openEntry}">${escapeMarkup(open)}</span>`)
    open = ''
  }
  tokens.forEach((token, t) => {
    if (isLineEnd(token)) {
      close()
      parts.push(`<span class="e v${entries[t]!}">\n</span>`)
      return
    }
    if (entries[t] !== openEntry) close()
    openEntry = entries[t]!
    open += displayText(token)
  })
  close()
  return parts.join('')
}
