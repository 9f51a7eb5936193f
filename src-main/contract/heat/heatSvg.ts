// A coloured text as one SVG file with a light background.
import type { ColouredText } from './colouredText.ts'
import { heatScene } from './heatScene.ts'
import { sceneSvg } from './sceneSvg.ts'

/** The text of the file. */
export const heatSvg = (text: ColouredText): string => sceneSvg(heatScene(text), text.address)
