import assert from 'node:assert/strict'
import { operationNames } from '../../lib/kms/model/model.ts'
import { operationOf } from '../../lib/kms/service.ts'
import { call, outcome, post, refused } from '../support/call.ts'
import { arns, keyIds, useKms } from '../support/scene.ts'

describe('operationOf', () => {
  it('finds what is built by its target', () => {
    assert.equal(operationOf('TrentService.Decrypt').name, 'Decrypt')
  })

  it('refuses what AWS does not have, without a text', () => {
    for (const target of [
      undefined,
      '',
      'Decrypt',
      'TrentService.',
      'TrentService.decrypt',
      'TrentService.constructor',
      'TrentService.Decrypt ',
      'Other.Decrypt',
    ]) {
      assert.throws(() => operationOf(target), {
        code: 'UnknownOperationException',
        message: '',
      })
    }
  })

  it('finds every operation of AWS’s model', () => {
    for (const name of operationNames) assert.equal(operationOf(`TrentService.${name}`).name, name)
  })
})

describe('POST /_/reset', () => {
  const kms = useKms(['symmetric', 'rsa'])

  it('brings back the keys of the config with the material they had', async () => {
    const KeyId = keyIds.symmetric
    const input = { KeyId, Plaintext: Buffer.from('before') }
    const { CiphertextBlob } = await call(kms.root, 'Encrypt', input)
    const { PublicKey } = await call(kms.root, 'GetPublicKey', { KeyId: keyIds.rsa })
    await call(kms.root, 'DisableKey', { KeyId })
    await call(kms.root, 'UpdateKeyDescription', { KeyId, Description: 'changed' })
    await call(kms.root, 'DeleteAlias', { AliasName: 'alias/symmetric' })
    await call(kms.root, 'TagResource', { KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })
    const { KeyMetadata } = await call(kms.root, 'CreateKey')

    await kms.control('POST', '/_/reset')

    const found = await call(kms.root, 'DescribeKey', { KeyId: 'alias/symmetric' })
    assert.equal(found.KeyMetadata?.KeyState, 'Enabled')
    assert.equal(found.KeyMetadata.Description, '')
    assert.deepEqual((await call(kms.root, 'ListResourceTags', { KeyId })).Tags, [])
    await refused(kms.root, 'DescribeKey', { KeyId: KeyMetadata?.KeyId }, [
      'NotFoundException',
      `Key '${String(KeyMetadata?.Arn)}' does not exist`,
    ])
    const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
    assert.deepEqual(Buffer.from(Plaintext!), Buffer.from('before'))
    const again = await call(kms.root, 'GetPublicKey', { KeyId: keyIds.rsa })
    assert.deepEqual(again.PublicKey, PublicKey)
  })

  it('sets the clock to the machine’s, and forgets the decisions', async () => {
    await kms.control('PUT', '/_/clock', { now: '2030-01-01T00:00:00Z' })
    const { requestId } = await outcome(kms.root, 'DescribeKey', { KeyId: keyIds.symmetric })
    await kms.control('GET', `/_/decisions/${requestId}`)
    await kms.control('POST', '/_/reset')
    const { now } = (await kms.control('GET', '/_/clock')) as { now: string }
    assert.ok(Math.abs(Date.parse(now) - Date.now()) < 10_000, now)
    await assert.rejects(kms.control('GET', `/_/decisions/${requestId}`), { message: /404/ })
  })

  it('forgets the grants', async () => {
    const KeyId = keyIds.symmetric
    const grant = {
      KeyId,
      GranteePrincipal: 'arn:aws:iam::111122223333:role/enclave-parent',
      Operations: ['DescribeKey'],
    }
    await call(kms.root, 'CreateGrant', grant)
    await call(kms.parent, 'DescribeKey', { KeyId })
    await kms.control('POST', '/_/reset')
    const { body } = await outcome(kms.parent, 'DescribeKey', { KeyId })
    assert.equal(body.__type, 'AccessDeniedException')
  })
})

describe('the order of the checks', () => {
  const kms = useKms(['symmetric', 'signing'])
  const Plaintext = Buffer.of(1)

  it('is types, constraints, key, permission, state, usage, algorithm', async () => {
    const { signing } = keyIds
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
    const types = await post(kms.url, 'Encrypt', { KeyId: 1, Plaintext: '', GrantTokens: 'x' })
    assert.equal(types.body.__type, 'SerializationException')
    const all = { KeyId: 'no key', Plaintext: Buffer.alloc(0), EncryptionAlgorithm }
    const constraints = await outcome(kms.parent, 'Encrypt', all)
    assert.equal(constraints.body.__type, 'ValidationException')
    const key = await outcome(kms.parent, 'Encrypt', { ...all, Plaintext })
    assert.equal(key.body.__type, 'NotFoundException')
    await call(kms.root, 'DisableKey', { KeyId: signing })
    const input = { KeyId: signing, Plaintext, EncryptionAlgorithm }
    const permission = await outcome(kms.parent, 'Encrypt', input)
    assert.equal(permission.body.__type, 'AccessDeniedException')
    const state = await outcome(kms.root, 'Encrypt', input)
    assert.deepEqual(state.body, {
      __type: 'DisabledException',
      message: `${arns.signing} is disabled.`,
    })
    await call(kms.root, 'EnableKey', { KeyId: signing })
    const usage = await outcome(kms.root, 'Encrypt', input)
    assert.match(String(usage.body.message), /key usage is SIGN_VERIFY/)
    const algorithm = { ...input, KeyId: keyIds.symmetric }
    await refused(kms.root, 'Encrypt', algorithm, [
      'InvalidKeyUsageException',
      'Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.',
    ])
  })
})
