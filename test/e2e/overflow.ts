// What does not fit on the page shown: runs in the page, so it uses nothing of this file but its own body.

/** One line per fault. A box may cut text off if it shows an ellipsis and a tooltip tells the text; a box may scroll sideways if it takes focus. */
export function overflowFaults(): string[] {
  const faults = new Set<string>()
  const slack = 1
  const said = (element: Element, text: string) => {
    const box = element.closest('[class]')
    return `"${text.trim().slice(0, 40)}" in ${box?.tagName.toLowerCase()}.${box?.getAttribute('class')}`
  }
  const beyond = (part: DOMRect, box: DOMRect) =>
    part.right > box.right + slack || part.left < box.left - slack

  function checkText(node: Text): void {
    const own = node.parentElement!
    if (!node.data.trim() || own.closest('svg, option, .unseen') || !own.checkVisibility()) return
    const range = document.createRange()
    range.selectNodeContents(node)
    const part = range.getBoundingClientRect()
    if (part.width === 0) return
    for (let at: Element | null = own; at; at = at.parentElement) {
      const style = getComputedStyle(at)
      const box = at.getBoundingClientRect()
      if (style.display === 'inline' || style.display === 'contents') continue
      if (/auto|scroll/.test(style.overflowX)) {
        if (beyond(part, box) && !at.hasAttribute('tabindex'))
          faults.add(
            `${said(own, node.data)}: runs out of ${said(at, '')}, which scrolls sideways but takes no focus`,
          )
        return
      }
      if (/hidden|clip/.test(style.overflowX)) {
        const below = part.bottom > box.bottom + slack && part.top < box.bottom
        const shown = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
        if (
          (beyond(part, box) || below) &&
          !(shown && (at.closest('[title], [data-grace-area-trigger]') || at.querySelector('[title]')))
        )
          faults.add(`${said(own, node.data)}: cut off${shown ? ' and no tooltip tells it' : ''}`)
        if (beyond(part, box)) return
      }
      if (
        beyond(part, box) &&
        parseFloat(style.borderRightWidth) > 0 &&
        style.borderRightColor !== 'rgba(0, 0, 0, 0)'
      )
        faults.add(`${said(own, node.data)}: runs out of the frame of ${said(at, '')}`)
      if (style.position === 'fixed') break
    }
    if (part.right > innerWidth + slack) faults.add(`${said(own, node.data)}: right of the window`)
  }

  /** Texts in a box of a drawing keep clear of its frame; a drawing that is fitted to the width is no wider. */
  function checkDrawing(svg: SVGSVGElement): void {
    const frames = [...svg.querySelectorAll('rect')].map((rect) => rect.getBoundingClientRect())
    for (const text of svg.querySelectorAll('text')) {
      const part = text.getBoundingClientRect()
      const [x, y] = [(part.left + part.right) / 2, (part.top + part.bottom) / 2]
      const around = frames.filter((f) => f.left < x && x < f.right && f.top < y && y < f.bottom)
      const frame = around.sort((a, b) => a.width - b.width)[0]
      if (frame && (part.left < frame.left + 2 || part.right > frame.right - 2))
        faults.add(`${said(text, text.textContent)}: touches its box`)
    }
    const fitted = [...document.querySelectorAll('button[aria-pressed="true"]')].some(
      (button) => button.textContent.trim() === 'Fit to width' && button.closest('section')?.contains(svg),
    )
    if (fitted && svg.getBoundingClientRect().width > svg.parentElement!.clientWidth + slack)
      faults.add(`${said(svg, 'drawing')}: wider than its box, though fitted to the width`)
  }

  /** The browser tells no size for the text of a chosen option, a placeholder or what stands in an input. */
  function checkControl(control: HTMLInputElement | HTMLSelectElement): void {
    const isInput = control instanceof HTMLInputElement
    if (isInput && !/^(text|search|number|url|email)$/.test(control.type)) return
    const text = isInput ? control.value || control.placeholder : (control.selectedOptions[0]?.text ?? '')
    const style = getComputedStyle(control)
    const told = control.closest('[title], [data-grace-area-trigger]')
    if (!text || !control.checkVisibility() || (told && (!isInput || style.textOverflow === 'ellipsis')))
      return
    const pen = document.createElement('canvas').getContext('2d')!
    pen.font = style.font
    const room = control.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    if (pen.measureText(text).width > room + slack)
      faults.add(`${said(control, text)}: cut off by its control`)
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) checkText(walker.currentNode as Text)
  document.querySelectorAll('main svg').forEach((svg) => checkDrawing(svg as SVGSVGElement))
  document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select').forEach(checkControl)
  return [...faults]
}
