import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Fault } from '../../../lib/kms/faults.ts'
import { readInput } from '../../../lib/kms/model/model.ts'
import type { Input, OperationName } from '../../../lib/kms/model/types.ts'
import { read, unserializable } from '../../support/input.ts'

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

describe('readInput', () => {
  it('decodes blobs and timestamps', () => {
    const input: Input<'ImportKeyMaterial'> = readInput('ImportKeyMaterial', {
      KeyId: keyId,
      ImportToken: 'AQI=',
      EncryptedKeyMaterial: 'AwQF',
      ValidTo: 1700000000.25,
    })
    assert.deepEqual(input, {
      KeyId: keyId,
      ImportToken: Buffer.from([1, 2]),
      EncryptedKeyMaterial: Buffer.from([3, 4, 5]),
      ValidTo: new Date(1700000000250),
    })
  })

  it('ignores members that the operation lacks, and takes null as absent', () => {
    const json = { KeyId: keyId, Nonsense: [{}], GrantTokens: null, toString: 1 }
    assert.deepEqual(read('DescribeKey', json), { KeyId: keyId })
    assert.deepEqual(read('GenerateRandom', { NumberOfBytes: null }), {})
  })

  it('keeps an encryption context as it is, whatever its keys', () => {
    const context: unknown = JSON.parse('{"__proto__":"a","constructor":"b","":""}')
    const input = read('Decrypt', { EncryptionContext: context })
    assert.deepEqual(input.EncryptionContext, context)
    assert.deepEqual(Object.keys(input.EncryptionContext as object), [
      '__proto__',
      'constructor',
      '',
    ])
  })

  it('cuts fractions off integers', () => {
    assert.deepEqual(read('GenerateRandom', { NumberOfBytes: 32.9 }), { NumberOfBytes: 32 })
  })

  it('reads any blob that base64 encodes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const CiphertextBlob = Buffer.from(bytes).toString('base64')
        assert.deepEqual(read('Decrypt', { CiphertextBlob }), {
          CiphertextBlob: Buffer.from(bytes),
        })
      }),
    )
  })

  describe('of a JSON value of another type', () => {
    const number = 'class com.amazon.coral.value.json.numbers.TruncatingBigNumber'
    const list = 'Start of list found where not expected'
    const structure = 'Start of structure or map found where not expected.'
    const rows: [wanted: string, operation: OperationName, member: string, values: unknown[][]][] =
      [
        [
          'text',
          'DescribeKey',
          'KeyId',
          [
            [1, `${number} can not be converted to an String`],
            [true, 'class java.lang.Boolean can not be converted to an String'],
            [[], list],
            [{}, structure],
          ],
        ],
        [
          'integer',
          'GenerateRandom',
          'NumberOfBytes',
          [
            ['1', 'class java.lang.String can not be converted to an Integer'],
            [true, 'class java.lang.Boolean can not be converted to an Integer'],
            [[], list],
            [{}, structure],
          ],
        ],
        [
          'boolean',
          'Decrypt',
          'DryRun',
          [
            ['true', 'class java.lang.String can not be converted to an Boolean'],
            [0, `${number} can not be converted to an Boolean`],
            [[], list],
          ],
        ],
        [
          'blob',
          'Decrypt',
          'CiphertextBlob',
          [
            [1, `${number} can not be converted to a Blob`],
            [false, 'class java.lang.Boolean can not be converted to a Blob'],
            [[1], list],
            [{}, structure],
          ],
        ],
        [
          'timestamp',
          'ImportKeyMaterial',
          'ValidTo',
          [
            [
              '2030-01-01',
              'class java.lang.String can not be converted to milliseconds since epoch',
            ],
            [9e12, 'a timestamp is out of range'],
            [Infinity, 'a timestamp is out of range'],
            [{}, structure],
          ],
        ],
        [
          'list',
          'DescribeKey',
          'GrantTokens',
          [
            ['a', 'Expected list or null'],
            [{}, structure],
            [[1], `${number} can not be converted to an String`],
          ],
        ],
        [
          'map',
          'Decrypt',
          'EncryptionContext',
          [
            ['a', 'Expected map or null'],
            [[], list],
            [{ a: 1 }, `${number} can not be converted to an String`],
          ],
        ],
        [
          'structure',
          'Decrypt',
          'Recipient',
          [
            ['a', 'Expected null'],
            [[], list],
            [{ AttestationDocument: 1 }, `${number} can not be converted to a Blob`],
          ],
        ],
      ]
    for (const [wanted, operation, member, values] of rows) {
      for (const [value, message] of values) {
        it(`refuses ${JSON.stringify(value)} for a ${wanted}`, () => {
          unserializable(operation, { [member]: value }, message as string)
        })
      }
    }

    it('refuses an input that is not an object', () => {
      unserializable('ListKeys', [], list)
      unserializable('ListKeys', 'x', 'Expected null')
    })

    it('goes before every constraint', () => {
      unserializable(
        'Encrypt',
        { KeyId: '', Plaintext: 5 },
        `${number} can not be converted to a Blob`,
      )
    })
  })

  describe('of base64', () => {
    for (const text of ['AQ', 'AQI', 'AQ=', '\nAQI=', 'AQI=AQI=\n']) {
      it(`refuses ${JSON.stringify(text)}, whose length is wrong, without repeating it`, () => {
        unserializable(
          'Decrypt',
          { CiphertextBlob: text },
          `Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`,
        )
      })
    }
    // The last: bits beyond the last byte that are not zero.
    for (const text of [
      '====',
      'A===',
      'AQ=I',
      '-_-_',
      'AQ I',
      'AQI=AQI=',
      'AR==',
      '\u0141AAAAAAA',
    ]) {
      it(`refuses ${text}`, () => {
        unserializable('Decrypt', { CiphertextBlob: text }, 'Invalid Base64 in a Blob')
      })
    }

    it('takes a text exactly when its bytes encode back to it', () => {
      const symbols = 'A Q z 0 9 + / = - _ \n'.split(' ')
      const text = fc.oneof(
        fc.string({ unit: fc.constantFrom(...symbols), maxLength: 24 }),
        fc.uint8Array({ minLength: 1, maxLength: 24 }).chain((bytes) => {
          const good = Buffer.from(bytes).toString('base64')
          return fc
            .record({ at: fc.nat(good.length), symbol: fc.constantFrom('', ...symbols) })
            .map(({ at, symbol }) => good.slice(0, at) + symbol + good.slice(at + 1))
        }),
      )
      fc.assert(
        fc.property(text, (CiphertextBlob) => {
          const isGood = Buffer.from(CiphertextBlob, 'base64').toString('base64') === CiphertextBlob
          try {
            readInput('Decrypt', { CiphertextBlob })
            return isGood
          } catch (error) {
            return (
              (error as Fault).code === (isGood ? 'ValidationException' : 'SerializationException')
            )
          }
        }),
        { numRuns: 2_000 },
      )
    })
  })
})
