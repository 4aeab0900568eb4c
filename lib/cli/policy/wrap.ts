/**
 * Texts from policies and requests as lines of a terminal: no wider than asked for, and with nothing
 * in them that a terminal would obey, hide or turn around.
 */

/** Control, format, private and unassigned characters, halves of pairs, and line separators. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u

/** GitHub's runners obey `##[command]` anywhere in a line: actions/runner, ActionCommand.cs. */
const obeyedAnywhere = /(?<=#)#(?=\[)/u

const hidden = new RegExp(`${unprintable.source}|${obeyedAnywhere.source}`, 'gu')

/** Ours: an escape is written as JSON and JavaScript write it. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0
    const hex = code.toString(16)
    return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
  })
}

/** The same, where a line begins: there the runners also obey `::command::`, and skip spaces. */
export function visibleLine(text: string): string {
  return visible(text).replace(/^( *):(?=:)/, `$1${colon}`)
}

const colon = '\\u003a'

/**
 * Characters that take two columns, or may. Source: Unicode Standard Annex 11, "East Asian Width";
 * ours: whole blocks, so that a line is rather too short than too long.
 */
const wide =
  /[\u1100-\u11ff\u231a-\u231b\u23e9-\u23f3\u25fd-\u25fe\u2600-\u27bf\u2b00-\u2bff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffe6\u{16fe0}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u
/** The marks that the tree itself has, which take one. */
const narrow = /[✓✗]/u

export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += columnsOfCharacter(character)
  return columns
}

function columnsOfCharacter(character: string): number {
  return wide.test(character) && !narrow.test(character) ? 2 : 1
}

/** Lines of at most so many columns, broken at spaces, and inside of what is longer than a line. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of visible(text).split(' ')) {
    const joined = line === '' ? visibleLine(word) : `${line} ${word}`
    if (columnsOf(joined) <= columns) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = broken(word, columns)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ''
  }
  return [...lines, line]
}

function broken(word: string, columns: number): string[] {
  const pieces: string[] = []
  let piece = ''
  let used = 0
  const put = (character: string): void => {
    const more = columnsOfCharacter(character)
    if (used + more > columns && piece !== '') {
      pieces.push(piece)
      piece = ''
      used = 0
    }
    piece += character
    used += more
  }
  const characters = Array.from(word)
  for (const [index, character] of characters.entries()) {
    const isFirst = piece === '' || used + columnsOfCharacter(character) > columns
    const isObeyed = isFirst && character === ':' && characters[index + 1] === ':'
    for (const shown of isObeyed ? colon : character) put(shown)
  }
  return [...pieces, piece]
}
