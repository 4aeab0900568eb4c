/**
 * Colours for terminals: none where they are not wanted. Sources: no-color.org, and Node.js's
 * documentation of FORCE_COLOR.
 */

type Paint = (text: string) => string

export interface Style {
  readonly good: Paint
  readonly bad: Paint
  readonly near: Paint
  readonly strong: Paint
  readonly faint: Paint
}

const asItIs: Paint = (text) => text

export const plainStyle: Style = {
  good: asItIs,
  bad: asItIs,
  near: asItIs,
  strong: asItIs,
  faint: asItIs,
}

const colourStyle: Style = {
  good: sgr(32, 39),
  bad: sgr(31, 39),
  near: sgr(33, 39),
  strong: sgr(1, 22),
  faint: sgr(2, 22),
}

/** Select Graphic Rendition (ECMA-48, 8.3.117). */
function sgr(on: number, off: number): Paint {
  return (text) => (text === '' ? '' : `\u001b[${String(on)}m${text}\u001b[${String(off)}m`)
}

export interface Terminal {
  readonly isTTY?: boolean | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** `--no-color` is false here. */
  readonly color?: boolean | undefined
}

/** The flag wins over FORCE_COLOR, which wins over NO_COLOR, which wins over the terminal. */
export function styleFor({ isTTY, env, color }: Terminal): Style {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: term } = env
  if (color === false) return plainStyle
  if (force !== undefined) return force === '0' || force === 'false' ? plainStyle : colourStyle
  const isWanted = (none ?? '') === '' && isTTY === true && term !== 'dumb'
  return isWanted ? colourStyle : plainStyle
}
