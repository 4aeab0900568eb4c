import assert from 'node:assert/strict'
import { strangersValues } from '../../../lib/iam/lint/strangers.ts'

describe('strangersValues', () => {
  it('gives no account that the policy names', () => {
    const [first = '', ...more] = strangersValues('aws:principalaccount', ['123456789012'])
    const others = strangersValues('aws:principalaccount', [first])
    assert.match(first, /^\d{12}$/)
    assert.ok(!others.includes(first))
    for (const value of more) assert.ok(others.includes(value))
  })

  it('fits a pattern of an account with twelve digits', () => {
    for (const [pattern, account] of [
      ['1111*', '111177777777'],
      ['*1111', '777777771111'],
      ['11??????????', '117777777777'],
    ] as const) {
      assert.ok(strangersValues('kms:calleraccount', [pattern]).includes(account), pattern)
    }
  })

  it('takes the names and the path that the policy asks for', () => {
    const found = strangersValues('aws:principalarn', ['arn:aws-cn:iam::*:role/team/enclave-?'])
    assert.ok(found.includes('arn:aws-cn:iam::864208642086:role/team/enclave-x'))
    assert.ok(found.includes('arn:aws-cn:iam::864208642086:root'))
  })

  it('is in an organization that only a short pattern fits', () => {
    const stranger = 'o-zzstranger'
    assert.ok(strangersValues('aws:principalorgid', ['o-*']).includes(stranger))
    assert.ok(strangersValues('aws:principalorgid', ['o-exampleorgid*']).includes(stranger))
    assert.ok(strangersValues('aws:principalorgid', ['o-ab*']).some((id) => id.startsWith('o-ab')))
  })
})
