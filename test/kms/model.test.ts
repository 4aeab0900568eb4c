import * as sdk from '@aws-sdk/client-kms'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isOperationName, operationNames, readInput, writeOutput } from '../../lib/kms/model.ts'
import { model, operationOf, shapeOf } from '../../lib/kms/shapes.ts'
import type { Input, OperationName } from '../../lib/kms/types.ts'

type SdkReference = number | string | unknown[] | (() => SdkReference)
/** An operation or structure of the SDK: kind, namespace, name, traits and what its kind has. */
type SdkSchema = [number, string, string, unknown, unknown, unknown, unknown?]

const sdkOperations = (Object.values(sdk) as unknown[]).filter(
  (value): value is SdkSchema => Array.isArray(value) && value[0] === 9,
)

/** The names in the SDK's types: `namesOf` lets the compiler hold lib/kms/types.ts to them. */
type SdkCommand = Extract<keyof typeof sdk, `${string}Command`>
type SdkOperationName = SdkCommand extends `${infer Name}Command` ? Exclude<Name, '$'> : never
const namesOf = <A, B extends A>(...same: [A] extends [B] ? [] : ['the names differ']) => same

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

/** Names from JSON are not known to the compiler. */
const read = (operation: OperationName, json: unknown): Record<string, unknown> =>
  readInput(operation, json)

const refuses = (operation: OperationName, json: unknown, code: string, message: string) =>
  assert.throws(() => read(operation, json), { code, message })
const invalid = (operation: OperationName, json: unknown, ...errors: string[]) =>
  refuses(
    operation,
    json,
    'ValidationException',
    `${errors.length} validation error${errors.length > 1 ? 's' : ''} detected: ${errors.join('; ')}`,
  )
const unserializable = (operation: OperationName, json: unknown, message: string) =>
  refuses(operation, json, 'SerializationException', message)

describe('the model', () => {
  it('has every operation of the installed SDK', () => {
    const names = sdkOperations.map(([, , name]) => name)
    assert.deepEqual([...operationNames].sort(), names.sort())
    assert.equal(operationNames.length, 56)
  })

  it('has the operations of the types, and the types those of the SDK', () => {
    assert.deepEqual(namesOf<SdkOperationName, OperationName>(), [])
  })

  it('has every member of the installed SDK, with its type', () => {
    const resolve = (reference: SdkReference): SdkReference => {
      if (typeof reference === 'function') return resolve(reference())
      const pair = Array.isArray(reference) && typeof reference[0] === 'function'
      return pair ? resolve(reference[0] as () => SdkReference) : reference
    }
    const kinds = new Map([
      [0, 'string'],
      [1, 'integer'],
      [2, 'boolean'],
      [4, 'timestamp'],
      [21, 'blob'],
      [64, 'list'],
      [128, 'map'],
    ])
    const compare = (shapeName: string, reference: SdkReference) => {
      const shape = shapeOf(shapeName)
      const type = resolve(reference)
      if (typeof type === 'number') {
        assert.equal(shape.type, kinds.get(type), shapeName)
      } else if (Array.isArray(type) && type[0] === 0) {
        assert.equal(shape.type, kinds.get(type[4] as number), shapeName)
        assert.equal(shape.sensitive, true, shapeName)
      } else if (Array.isArray(type) && type[0] === 1) {
        assert.equal(shape.type, 'list', shapeName)
        compare(shape.member ?? '', type[4] as SdkReference)
      } else if (Array.isArray(type) && type[0] === 3) {
        assert.equal(shape.type, 'structure', shapeName)
        const names = type[4] as string[]
        const types = type[5] as SdkReference[]
        const required = names.slice(0, (type[6] as number | undefined) ?? 0)
        assert.deepEqual(Object.keys(shape.members ?? {}).sort(), [...names].sort(), shapeName)
        assert.deepEqual([...(shape.required ?? [])].sort(), required.sort(), shapeName)
        names.forEach((name, i) => compare(shape.members?.[name] ?? name, types[i] ?? ''))
      } else {
        assert.fail(`${shapeName}: the SDK has ${String(type)}`)
      }
    }
    for (const [, , name, , input, output] of sdkOperations) {
      const row = operationOf(name as OperationName)
      compare(row.input, input as SdkReference)
      if (row.output === null) assert.equal(resolve(output as SdkReference), 'unit')
      else compare(row.output, output as SdkReference)
    }
  })

  it('has every enum value of the installed SDK', () => {
    for (const [name, { enum: values }] of Object.entries(model.shapes)) {
      if (!values) continue
      const fromSdk = (sdk as unknown as Record<string, Record<string, string>>)[name]
      for (const value of Object.values(fromSdk ?? {})) assert.ok(values.includes(value), value)
      assert.ok(fromSdk, name)
    }
  })

  it('has texts without limits in every map, as the reader takes for granted', () => {
    for (const { type, key = '', value = '' } of Object.values(model.shapes)) {
      if (type !== 'map') continue
      assert.deepEqual(shapeOf(key), { type: 'string' })
      assert.deepEqual(shapeOf(value), { type: 'string' })
    }
  })

  it('has only patterns that can be compiled', () => {
    for (const { type, pattern } of Object.values(model.shapes)) {
      if (pattern === undefined) continue
      assert.equal(type, 'string')
      assert.doesNotThrow(() => new RegExp(pattern, 'u'))
    }
  })

  it('knows its operations by name, and nothing else', () => {
    assert.ok(isOperationName('Decrypt'))
    for (const name of ['decrypt', '', 'toString', '__proto__']) assert.ok(!isOperationName(name))
  })
})

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

  it('answers whatever JSON it is given with an input or a Fault', () => {
    const members = Object.keys(shapeOf('CreateGrantRequest').members ?? {})
    const json = fc.dictionary(fc.constantFrom(...members), fc.jsonValue())
    fc.assert(
      fc.property(json, (value) => {
        try {
          read('CreateGrant', value)
        } catch (error) {
          assert.match((error as { code: string }).code, /^(Serialization|Validation)Exception$/)
        }
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
    for (const text of ['====', 'A===', 'AQ=I', '-_-_', 'AQ I', 'AQI=AQI=', 'AR==']) {
      it(`refuses ${text}`, () => {
        unserializable('Decrypt', { CiphertextBlob: text }, 'Invalid Base64 in a Blob')
      })
    }
  })

  describe('of constraints', () => {
    const least = 'failed to satisfy constraint: Member must have length greater than or equal to 1'

    it('refuses a required member that is absent or null', () => {
      const error = "Value null at 'keyId' failed to satisfy constraint: Member must not be null"
      invalid('DescribeKey', {}, error)
      invalid('DescribeKey', { KeyId: null }, error)
    })

    it('refuses a value below the least and above the greatest', () => {
      const start = 'failed to satisfy constraint: Member must have value'
      const at = "at 'numberOfBytes'"
      const least = `Value '0' ${at} ${start} greater than or equal to 1`
      const greatest = `Value '1025' ${at} ${start} less than or equal to 1024`
      invalid('GenerateRandom', { NumberOfBytes: 0 }, least)
      invalid('GenerateRandom', { NumberOfBytes: 1025 }, greatest)
      invalid(
        'GenerateRandom',
        { NumberOfBytes: Infinity },
        `Value '2147483647' ${at} ${start} less than or equal to 1024`,
      )
      assert.doesNotThrow(() => read('GenerateRandom', { NumberOfBytes: 1024 }))
    })

    it('refuses a text that is too short or too long', () => {
      const long = 'a'.repeat(2049)
      const most =
        'failed to satisfy constraint: Member must have length less than or equal to 2048'
      invalid('DescribeKey', { KeyId: '' }, `Value '' at 'keyId' ${least}`)
      invalid('DescribeKey', { KeyId: long }, `Value '${long}' at 'keyId' ${most}`)
      assert.doesNotThrow(() => read('DescribeKey', { KeyId: 'a'.repeat(2048) }))
    })

    it('counts a text in code points', () => {
      const text = '🔑'.repeat(128)
      const tag = (TagKey: string) => ({ KeyId: keyId, Tags: [{ TagKey, TagValue: '' }] })
      assert.doesNotThrow(() => read('TagResource', tag(text)))
      const where = "at 'tags.1.member.tagKey' failed to satisfy constraint"
      const most = 'Member must have length less than or equal to 128'
      invalid('TagResource', tag(`${text}a`), `Value '${text}a' ${where}: ${most}`)
    })

    it('leaves blobs and secrets out of the error', () => {
      invalid('Decrypt', { CiphertextBlob: '' }, `Value at 'ciphertextBlob' ${least}`)
      const Plaintext = Buffer.alloc(4097).toString('base64')
      invalid(
        'Encrypt',
        { KeyId: keyId, Plaintext },
        "Value at 'plaintext' failed to satisfy constraint: " +
          'Member must have length less than or equal to 4096',
      )
      invalid(
        'UpdateCustomKeyStore',
        { CustomKeyStoreId: 'cks-1', KeyStorePassword: 'secret' },
        "Value at 'keyStorePassword' failed to satisfy constraint: " +
          'Member must have length greater than or equal to 7',
      )
    })

    it('refuses a value that is not in the enum, and names all that are', () => {
      invalid(
        'GenerateDataKey',
        { KeyId: keyId, KeySpec: 'AES_192' },
        "Value 'AES_192' at 'keySpec' failed to satisfy constraint: " +
          'Member must satisfy enum value set: [AES_256, AES_128]',
      )
    })

    it('refuses a text that does not match the pattern as a whole', () => {
      const pattern = '^[a-zA-Z0-9:/_-]+$'
      for (const AliasName of ['alias/a b', 'alias/a\n', '\nalias/a']) {
        invalid(
          'CreateAlias',
          { AliasName, TargetKeyId: keyId },
          `Value '${AliasName}' at 'aliasName' failed to satisfy constraint: ` +
            `Member must satisfy regular expression pattern: ${pattern}`,
        )
      }
    })

    it('matches a pattern without anchors as a whole too', () => {
      const Marker = 'a\u0100'
      invalid(
        'ListKeys',
        { Marker },
        `Value '${Marker}' at 'marker' failed to satisfy constraint: ` +
          'Member must satisfy regular expression pattern: [\\u0020-\\u00FF]*',
      )
    })

    it('takes white space in a pattern as ASCII, as Java does', () => {
      const input = (KeyMaterialDescription: string) => ({
        KeyId: keyId,
        ImportToken: 'AQ==',
        EncryptedKeyMaterial: 'AQ==',
        KeyMaterialDescription,
      })
      assert.doesNotThrow(() => read('ImportKeyMaterial', input('a \tb')))
      const description = 'a\u00a0b'
      invalid(
        'ImportKeyMaterial',
        input(description),
        `Value '${description}' at 'keyMaterialDescription' failed to satisfy constraint: ` +
          'Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_\\s.-]+$',
      )
    })

    it('checks the structures in a list one by one, counting from 1', () => {
      const Tags = [{ TagKey: 'a', TagValue: 'b' }, { TagKey: '' }, null]
      invalid(
        'TagResource',
        { KeyId: keyId, Tags },
        `Value '' at 'tags.2.member.tagKey' ${least}`,
        "Value null at 'tags.2.member.tagValue' failed to satisfy constraint: Member must not be null",
        "Value null at 'tags.3.member' failed to satisfy constraint: Member must not be null",
      )
    })

    it('checks the texts in a list together, and prints the list', () => {
      invalid(
        'DescribeKey',
        { KeyId: keyId, GrantTokens: ['a', ''] },
        "Value '[a, ]' at 'grantTokens' failed to satisfy constraint: Member must satisfy constraint: " +
          '[Member must have length less than or equal to 8192, ' +
          'Member must have length greater than or equal to 1]',
      )
      const nullItem = 'Member must satisfy constraint: [Member must not be null]'
      invalid(
        'DescribeKey',
        { KeyId: keyId, GrantTokens: ['a', null] },
        `Value '[a, null]' at 'grantTokens' failed to satisfy constraint: ${nullItem}`,
      )
    })

    it('limits the length of a list', () => {
      const GrantTokens = Array.from({ length: 11 }, () => 't')
      invalid(
        'DescribeKey',
        { KeyId: keyId, GrantTokens },
        `Value '[${GrantTokens.join(', ')}]' at 'grantTokens' failed to satisfy constraint: ` +
          'Member must have length less than or equal to 10',
      )
      assert.doesNotThrow(() => read('DescribeKey', { KeyId: keyId, GrantTokens: [] }))
    })

    it('refuses a null in an encryption context', () => {
      invalid(
        'Decrypt',
        { EncryptionContext: { a: 'b', c: null } },
        "Value '{a=b, c=null}' at 'encryptionContext' failed to satisfy constraint: " +
          'Map value must satisfy constraint: [Member must not be null]',
      )
    })

    it('names the members of a structure by their path', () => {
      invalid(
        'Decrypt',
        { Recipient: { AttestationDocument: '', KeyEncryptionAlgorithm: 'RSA' } },
        "Value 'RSA' at 'recipient.keyEncryptionAlgorithm' failed to satisfy constraint: " +
          'Member must satisfy enum value set: [RSAES_OAEP_SHA_256]',
        `Value at 'recipient.attestationDocument' ${least}`,
      )
    })

    it('tells ten errors and no more', () => {
      const Tags = Array.from({ length: 11 }, () => ({ TagKey: '', TagValue: '' }))
      const error = (_: unknown, i: number) => `Value '' at 'tags.${i + 1}.member.tagKey' ${least}`
      invalid('TagResource', { KeyId: keyId, Tags }, ...Tags.slice(1).map(error))
    })
  })
})

describe('writeOutput', () => {
  const date = new Date(1700000000123)

  it('writes blobs in base64, and timestamps in seconds', () => {
    const text = writeOutput('GetParametersForImport', {
      KeyId: keyId,
      ImportToken: Uint8Array.of(0, 1, 2, 3).subarray(1, 3),
      PublicKey: Buffer.from([3]),
      ParametersValidTo: date,
    })
    const body = `"ImportToken":"AQI=","PublicKey":"Aw==","ParametersValidTo":1700000000.123`
    assert.equal(text, `{"KeyId":"${keyId}",${body}}`)
    assert.equal(
      writeOutput('GetParametersForImport', { ParametersValidTo: 1700000000000 }),
      '{"ParametersValidTo":1700000000}',
    )
  })

  it('leaves out absent members, and those that the operation lacks', () => {
    const output = { KeyId: undefined, MacValid: true, Secret: 'never' }
    assert.equal(writeOutput('VerifyMac', output), '{"MacValid":true}')
  })

  it('writes nested structures, lists and maps', () => {
    const Constraints = { EncryptionContextEquals: { 'a"': 'é' } }
    const Grants = [
      { KeyId: keyId, CreationDate: date, Operations: ['Decrypt' as const], Constraints },
      { Name: '' },
    ]
    const text = writeOutput('ListGrants', { Grants, Truncated: false })
    assert.deepEqual(JSON.parse(text), {
      Grants: [{ ...Grants[0], CreationDate: 1700000000.123 }, { Name: '' }],
      Truncated: false,
    })
    assert.equal(writeOutput('ListGrants', { Grants: [] }), '{"Grants":[]}')
  })

  it('writes an empty body where AWS does, and an empty object elsewhere', () => {
    assert.equal(writeOutput('DisableKey', {}), '')
    assert.equal(writeOutput('ConnectCustomKeyStore', {}), '{}')
  })

  it('escapes texts as JSON does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (Policy) => {
        assert.deepEqual(JSON.parse(writeOutput('GetKeyPolicy', { Policy })), { Policy })
      }),
    )
  })
})
