import assert from 'node:assert/strict'
import fc from 'fast-check'
import { shapeOf } from '../../../lib/kms/model/shapes.ts'
import { invalid, read } from '../../support/input.ts'

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

describe('readInput, of constraints', () => {
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
    const most = 'failed to satisfy constraint: Member must have length less than or equal to 2048'
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
})
