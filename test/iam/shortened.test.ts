import assert from 'node:assert/strict'
import { shortened } from '../../lib/iam/shortened.ts'

describe('shortened', () => {
  it('leaves what people read at a glance', () => {
    const arn = `arn:aws:iam::111122223333:role/${'path/'.repeat(12)}name`
    for (const text of ['', 'a', 'ab'.repeat(32), arn]) assert.equal(shortened(text), text)
  })

  it('leaves the two ends of a digest', () => {
    assert.equal(
      shortened(`1234567890abcdef${'0'.repeat(72)}fedcba98`),
      '1234567890abcdef…fedcba98',
    )
  })

  it('cuts the middle out of a very long name, and no character in half', () => {
    assert.equal(shortened(`a:${'😀'.repeat(200)}`), `a:${'😀'.repeat(98)}…${'😀'.repeat(40)}`)
  })
})
