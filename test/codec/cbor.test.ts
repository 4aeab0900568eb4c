import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  decodeCbor,
  encodeCbor,
  type CborKey,
  type CborValue,
  type DecodeOptions,
} from '../../lib/codec/cbor.ts'
import { DecodeError } from '../../lib/errors.ts'
import { vectors, type Vector } from '../support/vectors.ts'

type Row = Vector & { readonly options?: DecodeOptions }

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Bytes that are the encoding of some value, more often than chance would have it. */
const integers = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
  fc.constantFrom(0, 23, 24, 255, 256, 65535, 65536, 2 ** 31, 2 ** 32 - 1, 2 ** 32),
  fc.constantFrom(-1, -24, -25, -256, -257, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 32)),
)
const keys = fc.oneof(integers, fc.string({ unit: 'binary', maxLength: 30 }))
const values = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    integers,
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(true, false, null),
    fc.array(tie('value'), { maxLength: 30 }),
    fc
      .uniqueArray(fc.tuple(keys, tie('value')), {
        selector: ([key]) => (typeof key === 'string' ? `"${key}` : String(key)),
        maxLength: 30,
      })
      .map((entries) => new Map<CborKey, CborValue>(entries)),
  ),
})).value

describe('decodeCbor', () => {
  for (const { name, code, hex: bytes, options } of vectors('cbor.json') as Row[]) {
    it(`refuses ${name}: ${code}`, () => {
      assert.throws(() => decodeCbor(hex(bytes), options), { name: 'DecodeError', code })
    })
  }

  it('says where', () => {
    assert.throws(() => decodeCbor(hex('82 00 1817')), {
      code: 'CBOR_NOT_SHORTEST',
      message: 'a number or length that could be shorter at byte 2',
      facts: { offset: 2 },
    })
  })

  // RFC 8949, appendix A.
  const examples: [string, CborValue][] = [
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000n],
    ['1bffffffffffffffff', 18_446_744_073_709_551_615n],
    ['20', -1],
    ['3903e7', -1000],
    ['3bffffffffffffffff', -18_446_744_073_709_551_616n],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['4401020304', Buffer.from([1, 2, 3, 4])],
    ['62c3bc', 'ü'],
    ['64f0908591', '𐅑'],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    ['826161a161626163', ['a', new Map([['b', 'c']])]],
  ]
  for (const [bytes, value] of examples) {
    it(`reads ${bytes}`, () => {
      assert.deepEqual(decodeCbor(hex(bytes)), value)
      assert.deepEqual(encodeCbor(value), hex(bytes))
    })
  }

  it('reads an indefinite outer map where it may be, and a definite one too', () => {
    const options = { allowIndefiniteOuterMap: true }
    assert.deepEqual(decodeCbor(hex('bf 6161 f6 ff'), options), new Map([['a', null]]))
    assert.deepEqual(decodeCbor(hex('bf ff'), options), new Map())
    assert.deepEqual(decodeCbor(hex('a1 6161 f6'), options), new Map([['a', null]]))
  })

  it('takes the tag that may be, and none', () => {
    assert.deepEqual(decodeCbor(hex('d2 81 01'), { tag: 18 }), [1])
    assert.deepEqual(decodeCbor(hex('81 01'), { tag: 18 }), [1])
    assert.deepEqual(decodeCbor(hex('d9d9f7 81 01'), { tag: 55799 }), [1])
  })

  it('takes a wide integer under the key that may have one, alone and in an indefinite map', () => {
    const options = { wideIntegerKey: 'a', allowIndefiniteOuterMap: true }
    assert.deepEqual(decodeCbor(hex('a1 6161 1b0000000000000005'), options), new Map([['a', 5n]]))
    assert.deepEqual(
      decodeCbor(hex('bf 6161 1b0000000000000005 ff'), options),
      new Map([['a', 5n]]),
    )
    assert.deepEqual(decodeCbor(hex('a1 6161 05'), options), new Map([['a', 5]]))
  })

  it('reads eight arrays inside one another', () => {
    assert.doesNotThrow(() => decodeCbor(hex(`${'81'.repeat(7)}80`)))
  })

  it('leaves the bytes as they are and returns views of them', () => {
    const bytes = new Uint8Array(hex('42 0102'))
    const content = decodeCbor(bytes)
    assert.ok(content instanceof Uint8Array)
    assert.equal(content.buffer, bytes.buffer)
    assert.deepEqual(Object.keys(bytes), ['0', '1', '2'])
  })

  it('refuses every part of an encoding as truncated', () => {
    fc.assert(
      fc.property(values, fc.nat(), (value, seed) => {
        const bytes = encodeCbor(value)
        assert.throws(() => decodeCbor(bytes.subarray(0, seed % bytes.length)), {
          name: 'DecodeError',
          // A text that is cut is not seen as text: its length says first that it is cut.
          code: 'CBOR_TRUNCATED',
        })
      }),
    )
  })

  it('accepts one encoding of a value, so what it accepts encodes to the same bytes', () => {
    const mutated = fc
      .tuple(values, fc.nat(), fc.nat({ max: 255 }))
      .map(([value, position, byte]) => {
        const bytes = Buffer.from(encodeCbor(value))
        bytes[position % bytes.length] = byte
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 40 })), (bytes) => {
        let value: CborValue
        try {
          value = decodeCbor(bytes)
        } catch (error) {
          assert.ok(error instanceof DecodeError)
          return
        }
        assert.deepEqual(Buffer.from(encodeCbor(value)), Buffer.from(bytes))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('encodeCbor', () => {
  it('writes what decodeCbor reads as the same value', () => {
    const plain = (value: CborValue): unknown => {
      if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value)
      if (value instanceof Uint8Array) return Buffer.from(value)
      if (value instanceof Map) {
        const entries = [...(value as ReadonlyMap<CborKey, CborValue>)]
        return new Map(entries.map(([key, member]) => [plain(key), plain(member)]))
      }
      return Array.isArray(value) ? value.map(plain) : value
    }
    fc.assert(
      fc.property(values, (value) => {
        assert.deepEqual(plain(decodeCbor(encodeCbor(value))), plain(value))
      }),
      { numRuns: 500 },
    )
  })

  it('refuses a number that is not an integer', () => {
    assert.throws(() => encodeCbor(1.5), RangeError)
    assert.throws(() => encodeCbor(NaN), RangeError)
  })
})
