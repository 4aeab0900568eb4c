import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseJsonBody } from '../../../lib/kms/model/json.ts'

const parse = (text: string) => parseJsonBody(Buffer.from(text))
const refusal = { code: 'SerializationException', message: '' }
const tooDeep = {
  code: 'SerializationException',
  message: 'the body is nested deeper than 32',
}
/** An object whose innermost list is at `depth`. */
const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

describe('parseJsonBody', () => {
  it('reads an object, and an empty body as an empty one', () => {
    assert.deepEqual(parse('{"KeyId":"é","Limit":1}'), { KeyId: 'é', Limit: 1 })
    assert.deepEqual(parse(''), {})
  })

  it('reads whatever JSON.stringify writes', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5 }))
    fc.assert(
      fc.property(object, (value) => {
        assert.deepEqual(parse(JSON.stringify(value)), JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('takes the last of several members of one name', () => {
    assert.deepEqual(parse('{"a":1,"a":2}'), { a: 2 })
  })

  it('keeps a member named __proto__ a member', () => {
    const parsed = parse('{"__proto__":{"KeyId":"x"}}')
    assert.deepEqual(Object.keys(parsed), ['__proto__'])
    assert.equal(parsed.KeyId, undefined)
  })

  for (const text of ['{', '{"a":1}x', "{'a':1}", '{"a":01}', '{"a":NaN}', '\ufeff{}', ' ']) {
    it(`refuses ${JSON.stringify(text)}, which is not JSON`, () => {
      assert.throws(() => parse(text), refusal)
    })
  }

  for (const text of ['[]', '"a"', '1', 'true', 'null']) {
    it(`refuses ${text}, which is not an object`, () => {
      assert.throws(() => parse(text), refusal)
    })
  }

  it('refuses what is not UTF-8', () => {
    const invalid = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3]), Buffer.from('"}')])
    assert.throws(() => parseJsonBody(invalid), refusal)
  })

  it('refuses a depth of 33, and reads one of 32', () => {
    assert.doesNotThrow(() => parse(nested(32)))
    assert.throws(() => parse(nested(33)), tooDeep)
    assert.throws(() => parse(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`), tooDeep)
    assert.throws(() => parse(nested(500_000)), tooDeep)
  })

  it('counts depth, not brackets', () => {
    const wide = `{"a":[${Array(100).fill('[{}]').join(',')}]}`
    assert.doesNotThrow(() => parse(wide))
  })

  it('does not count brackets inside texts', () => {
    const text = JSON.stringify({ a: `\\"${'[{'.repeat(50)}`, ['['.repeat(50)]: '"\\' })
    assert.deepEqual(parse(text), JSON.parse(text))
  })

  it('counts brackets after a text that ends in a backslash', () => {
    assert.throws(() => parse(`{"a":"\\\\","b":${'['.repeat(40)}${']'.repeat(40)}}`), tooDeep)
  })
})
