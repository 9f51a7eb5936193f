// Text in HTML and SVG: escaped, and without characters that XML forbids.

/** Text for content and quoted attributes of HTML and XML. Control characters other than tab and line feed become U+FFFD. */
export const escapeMarkup = (text: string): string =>
  text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000d-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
