import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { shellWord } from '../../../lib/cli/policy/shell-word.ts'
import { hasProgram } from '../../support/programs.ts'

const words = ['a', './a b.yaml', "it's", '$HOME', '`x`', 'a\nb', '', '*', '~', 'a\\', '-n', '"']

describe('shellWord', () => {
  it('leaves alone what a shell leaves alone', () => {
    assert.equal(shellWord('policies/app-1.cases.yaml'), 'policies/app-1.cases.yaml')
  })

  it('puts everything else in quotes', () => {
    assert.equal(shellWord('it may'), "'it may'")
    assert.equal(shellWord("it's"), "'it'\\''s'")
  })

  const hasShell = hasProgram('bash')
  const test = hasShell ? it : it.skip
  test(`is one word to a shell, and the same text${hasShell ? '' : ' (skipped: no bash)'}`, () => {
    const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`
    const { stdout } = spawnSync('bash', ['-c', script])
    assert.deepEqual(String(stdout).split('\0').slice(0, -1), words)
  })
})
