import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  idBytes,
  isIssuedId,
  issuedId,
  IssuedCredentials,
} from '../../lib/kms/issued-credentials.ts'

describe('IssuedCredentials', () => {
  it('finds what it keeps, expired or not, until it is cleared', () => {
    const issued = new IssuedCredentials()
    const one = { accessKeyId: 'a', expiresAtMs: 10 }
    issued.keep(one, 0)
    assert.equal(issued.find('a'), one)
    assert.equal(issued.find('constructor'), undefined)
    issued.clear()
    assert.equal(issued.find('a'), undefined)
  })

  it('drops what has expired before anything else, then the oldest', () => {
    const issued = new IssuedCredentials(2)
    const keep = (accessKeyId: string, expiresAtMs: number, nowMs: number) => {
      issued.keep({ accessKeyId, expiresAtMs }, nowMs)
    }
    const kept = () => ['a', 'b', 'c', 'd'].filter((id) => issued.find(id)).join('')
    keep('a', 100, 0)
    keep('b', 10, 0)
    keep('c', 100, 20)
    assert.equal(kept(), 'ac')
    keep('d', 100, 20)
    assert.equal(kept(), 'cd')
  })
})

describe('issuedId', () => {
  it('makes ids of AWS’s form that can be told from others', () => {
    for (let n = 0; n < 100; n++) {
      const id = issuedId(randomBytes(idBytes))
      assert.match(id, /^ASIA[A-Z2-7]{16}$/)
      assert.ok(isIssuedId(id))
      const other = id.endsWith('A') ? 'B' : 'A'
      assert.ok(!isIssuedId(id.slice(0, -1) + other))
      assert.ok(!isIssuedId(`${id}A`))
      assert.ok(!isIssuedId(`AKIA${id.slice(4)}`))
    }
    for (const id of ['', 'ASIA', '111122223333', 'ASIAIOSFODNN7EXAMPLE']) {
      assert.ok(!isIssuedId(id), id)
    }
  })
})
