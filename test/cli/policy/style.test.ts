import assert from 'node:assert/strict'
import { styleFor, type Style, type Terminal } from '../../../lib/cli/policy/style.ts'

describe('styleFor', () => {
  const rows: readonly [what: string, terminal: Terminal, isColoured: boolean][] = [
    ['a terminal', { isTTY: true, env: {} }, true],
    ['a pipe', { env: {} }, false],
    ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, false],
    ['NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['FORCE_COLOR in a pipe', { env: { FORCE_COLOR: '1' } }, true],
    ['an empty FORCE_COLOR in a pipe', { env: { FORCE_COLOR: '' } }, true],
    ['FORCE_COLOR over NO_COLOR', { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true],
    ['FORCE_COLOR=0', { isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    ['--no-color', { isTTY: true, env: { FORCE_COLOR: '1' }, color: false }, false],
  ]
  for (const [what, terminal, isColoured] of rows) {
    it(`${isColoured ? 'has' : 'has no'} colours for ${what}`, () => {
      const style = styleFor(terminal)
      for (const paint of Object.values<Style[keyof Style]>({ ...style })) {
        assert.equal(paint('x') !== 'x', isColoured)
        assert.equal(paint(''), '')
      }
    })
  }

  it('ends every colour that it begins', () => {
    const { bad, strong } = styleFor({ isTTY: true, env: {} })
    assert.equal(strong(bad('x')), '\u001b[1m\u001b[31mx\u001b[39m\u001b[22m')
  })
})
