// A coloured text as a PNG: the scene of the SVG drawn on a canvas.
import type { ColouredText } from '@contract/heat/colouredText.ts'
import { heatScene } from '@contract/heat/heatScene.ts'
import { scenePng } from './scenePng.ts'

/** Draws the text; throws a RangeError if it is too long for one picture. */
export const heatPng = (text: ColouredText): Promise<Blob | null> =>
  scenePng(heatScene(text), `${text.tokens.length.toLocaleString('en')} symbols`)
