// The result of an analysis as files: one HTML page of what is shown, its tables as CSV, its drawings as SVG, its pictures as PNG, and all numbers
// as JSON. The page needs no network and no scripts.
import { csvText, type CsvCell } from '@contract/csv.ts'
import { escapeMarkup } from '@contract/heat/markup.ts'

/** Smallest width of a drawing, pixels: smaller ones are icons and legends. */
const leastWidth = 100

/** An entry of the menu of exports. */
export interface FileEntry {
  label: string
  save: () => Promise<void> | void
}

export interface NamedPart<E extends Element> {
  name: string
  element: E
}

const named = <E extends Element>(elements: E[], fallback: string): NamedPart<E>[] =>
  elements.map((element, i) => {
    const label = element.closest('[aria-label]')?.getAttribute('aria-label')
    return { name: (label ?? `${fallback} ${i + 1}`).slice(0, 60), element }
  })
const isLarge = (element: Element) => element.getBoundingClientRect().width >= leastWidth

export const tablesOf = (root: HTMLElement) => named([...root.querySelectorAll('table')], 'table')
export const drawingsOf = (root: HTMLElement) =>
  named([...root.querySelectorAll('svg')].filter(isLarge), 'drawing')
export const picturesOf = (root: HTMLElement) =>
  named([...root.querySelectorAll('canvas')].filter(isLarge), 'picture')

/** Numbers as they are written in the page: with a minus sign and commas between thousands. */
const writtenNumber = /^−?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[−-]?\d+)?$/

function cellOf(cell: Element): CsvCell {
  const text = cell.textContent.trim()
  if (text === '' || !writtenNumber.test(text)) return text
  return Number(text.replaceAll('−', '-').replaceAll(',', ''))
}

/** A table with its head, as it is shown. */
export const tableCsv = (table: HTMLTableElement): string =>
  csvText([...table.rows].map((row) => [...row.cells].map(cellOf)))

const drawnBy = [
  'display',
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
] as const

/** A drawing with the styles of the page written into its elements. */
export function drawingSvg(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const styled = [svg, ...svg.querySelectorAll('*')]
  ;[copy, ...copy.querySelectorAll<SVGElement>('*')].forEach((element, i) => {
    const style = getComputedStyle(styled[i]!)
    for (const name of drawnBy) element.style.setProperty(name, style.getPropertyValue(name))
    element.removeAttribute('class')
  })
  const { width, height } = svg.getBoundingClientRect()
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', String(Math.round(width)))
  copy.setAttribute('height', String(Math.round(height)))
  return `${new XMLSerializer().serializeToString(copy)}\n`
}

/** All of an answer; typed arrays become arrays, numbers that JSON does not know become null. */
export const answerJson = (answer: unknown): string =>
  `${JSON.stringify(answer, (_, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value), 1)}\n`

export interface PageFacts {
  title: string
  /** What was asked, as pairs of a name and a value. */
  facts: readonly (readonly [name: string, value: string])[]
}

/** The page of a result in the theme that is shown: canvases become pictures, buttons their text, and lists are as long as they are. */
export function resultPage(root: HTMLElement, { title, facts }: PageFacts): string {
  const { theme } = document.documentElement.dataset
  const variables = document.documentElement.getAttribute('style') ?? ''
  const styles = [...document.styleSheets].flatMap(({ cssRules }) =>
    Array.from(cssRules, ({ cssText }) => cssText),
  )
  return `<!doctype html>
<html lang="en" data-theme="${escapeMarkup(theme ?? 'light')}" style="${escapeMarkup(variables)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>
${styles.join('\n')}
html,body{height:auto;overflow:auto}
body{display:block;margin:24px;max-width:1200px;font-size:var(--text-md)}
main{display:flex;flex-direction:column;gap:12px;padding-top:12px}
main *{max-height:none!important}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px}
dd{margin:0;overflow-wrap:anywhere}
</style>
</head>
<body>
<h1><bdi>${escapeMarkup(title)}</bdi></h1>
<dl>
${facts.map(([name, value]) => `<dt>${escapeMarkup(name)}</dt><dd><bdi>${escapeMarkup(value)}</bdi></dd>`).join('\n')}
</dl>
<main>
${new XMLSerializer().serializeToString(stillCopy(root))}
</main>
</body>
</html>
`
}

/** A copy without anything that can be operated. */
function stillCopy(root: HTMLElement): HTMLElement {
  const copy = root.cloneNode(true) as HTMLElement
  const canvases = [...root.querySelectorAll('canvas')]
  copy.querySelectorAll('canvas').forEach((canvas, i) => {
    const { width, height } = canvases[i]!.getBoundingClientRect()
    const image = document.createElement('img')
    image.src = canvases[i]!.toDataURL()
    image.alt = canvas.getAttribute('aria-label') ?? ''
    image.style.cssText = `width:${width}px;height:${height}px`
    canvas.replaceWith(image)
  })
  copy
    .querySelectorAll('input, select, textarea, [role="combobox"], script, iframe')
    .forEach((element) => (element.closest('.field') ?? element.closest('.select') ?? element).remove())
  copy.querySelectorAll('button').forEach((button) => {
    if (button.textContent.trim() === '') return button.remove()
    const text = document.createElement('span')
    text.append(...button.childNodes)
    button.replaceWith(text)
  })
  // The address of a link, which is relative in the page.
  copy.querySelectorAll('a').forEach((link) => (link.href = new URL(link.href, location.href).href))
  return copy
}
