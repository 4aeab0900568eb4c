import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  decodeBase64,
  decodeHex,
  encodeBase64,
  encodeHex,
  equalBytes,
  isZero,
} from '../../lib/codec/bytes.ts'

const anyBytes = fc.uint8Array({ maxLength: 200 })

describe('decodeHex', () => {
  it('reads either case', () => {
    assert.deepEqual(decodeHex('00fFAb'), Buffer.from([0, 255, 171]))
    assert.deepEqual(decodeHex(''), Buffer.alloc(0))
  })

  for (const text of ['0', '0g', '0x00', ' 00', '00\n', '0 0 ', '00:01']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => decodeHex(text), {
        name: 'DecodeError',
        code: 'HEX',
        message: 'not hex: pairs of 0 to 9 and a to f are wanted',
      })
    })
  }

  it('gives back what encodeHex wrote', () => {
    fc.assert(fc.property(anyBytes, (bytes) => equalBytes(decodeHex(encodeHex(bytes)), bytes)))
  })
})

describe('decodeBase64', () => {
  // RFC 4648, section 10.
  for (const [bytes, text] of [
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['foobar', 'Zm9vYmFy'],
  ] as const) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(decodeBase64(text), Buffer.from(bytes))
      assert.equal(encodeBase64(Buffer.from(bytes)), text)
    })
  }

  const refused = {
    'missing padding': 'Zg',
    'too much padding': 'Zg===',
    'padding in the middle': 'Zg==Zg==',
    'bits that are not used but set': 'Zh==',
    'the alphabet of URLs': '-_-_',
    'a line end': 'Zm9v\n',
    'white space': 'Zm 9v',
    'a character of no alphabet': 'Zm9*',
  }
  for (const [name, text] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      assert.throws(() => decodeBase64(text), {
        name: 'DecodeError',
        code: 'BASE64',
        message: 'not base64: the standard alphabet with padding is wanted',
      })
    })
  }

  it('gives back what encodeBase64 wrote', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => equalBytes(decodeBase64(encodeBase64(bytes)), bytes)),
    )
  })
})

describe('encodeHex', () => {
  it('writes a view, not the memory around it', () => {
    assert.equal(encodeHex(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)), '0203')
  })
})

describe('equalBytes', () => {
  it('compares length and content', () => {
    assert.equal(equalBytes(Uint8Array.of(1, 2), Buffer.from([1, 2])), true)
    assert.equal(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false)
    assert.equal(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0)), false)
  })
})

describe('isZero', () => {
  it('looks at every byte', () => {
    assert.equal(isZero(new Uint8Array(48)), true)
    assert.equal(isZero(Uint8Array.of(0, 0, 1)), false)
  })
})
