import assert from 'node:assert/strict'
import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, constraint, membersOf, missing, refused } from '../../support/call.ts'
import { allow, noKeyPolicy, policyOf } from '../../support/policies.ts'
import { onlyTheImage, testRecipient } from '../../support/recipient-shelf.ts'
import { aliasOf, arnOf, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'DeriveSharedSecret'
const KeyAgreementAlgorithm = 'ECDH'
const KeyId = keyIds.agreement

const curves = {
  ECC_NIST_P256: { namedCurve: 'P-256', bytes: 32, id: '00000000-0000-4000-8000-0000000000a0' },
  ECC_NIST_P384: { namedCurve: 'P-384', bytes: 48, id: '00000000-0000-4000-8000-0000000000a1' },
  ECC_NIST_P521: { namedCurve: 'P-521', bytes: 66, id: '00000000-0000-4000-8000-0000000000a2' },
} as const
const rows = Object.entries(curves)

const policy = JSON.parse(
  policyOf(
    allow('kms:GetPublicKey', 'arn:aws:iam::111122223333:root'),
    allow('kms:DeriveSharedSecret', parentArn, { Condition: onlyTheImage }),
  ),
) as object

function peer(namedCurve: string): { privateKey: KeyObject; spki: Buffer } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve })
  return { privateKey, spki: spkiOf(privateKey) }
}

function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

describe(name, () => {
  const kms = useKms(['agreement', 'symmetric', 'signing'], {
    keys: rows.map(([spec, { id }]) => ({ id, spec, usage: 'KEY_AGREEMENT', policy })),
  })
  const { privateKey: own, spki: PublicKey } = peer('P-256')

  /** The secret as the other side has it. */
  async function agreed(keyId: string, privateKey: KeyObject): Promise<Buffer> {
    const { PublicKey: spki } = await call(kms.root, 'GetPublicKey', { KeyId: keyId })
    const publicKey = createPublicKey({ key: Buffer.from(spki!), format: 'der', type: 'spki' })
    return diffieHellman({ privateKey, publicKey })
  }

  describe('input', () => {
    const input = { KeyId, KeyAgreementAlgorithm, PublicKey }

    it('requires its three members', async () => {
      for (const member of ['KeyId', 'KeyAgreementAlgorithm', 'PublicKey'] as const) {
        const path = member.charAt(0).toLowerCase() + member.slice(1)
        await refused(kms.root, name, { ...input, [member]: undefined }, missing(path))
      }
    })

    it('refuses an algorithm that AWS lacks', async () => {
      const words =
        "Value 'X25519' at 'keyAgreementAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [ECDH]"
      const given = { ...input, KeyAgreementAlgorithm: 'X25519' }
      await refused(kms.root, name, given, constraint(words))
    })

    it('refuses a public key that is none, or on another curve, without a text', async () => {
      const offCurve = Buffer.from(PublicKey)
      offCurve[offCurve.length - 1]! ^= 1
      for (const given of [
        Buffer.from('no key'),
        peer('P-384').spki,
        peer('secp256k1').spki,
        PublicKey.subarray(0, -1),
        Buffer.concat([PublicKey, Buffer.of(0)]),
        offCurve,
      ]) {
        const seen = { ...input, PublicKey: given }
        await refused(kms.root, name, seen, ['ValidationException', null])
      }
    })

    it('refuses a key of another usage', async () => {
      await refused(kms.root, name, { ...input, KeyId: keyIds.signing }, [
        'InvalidKeyUsageException',
        `${arns.signing} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret.`,
      ])
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => KeyId,
      input: (keyId) => ({ KeyId: keyId, KeyAgreementAlgorithm, PublicKey }),
    })
  })

  describe('recipient', () => {
    const { id } = curves.ECC_NIST_P256
    const peers = new Map(rows.map(([, { namedCurve, bytes }]) => [bytes, peer(namedCurve)]))
    const idOf = new Map(rows.map(([, curve]) => [curve.bytes as number, curve.id]))

    function input(keyId: string, bytes: number) {
      return () => ({
        KeyId: keyId,
        KeyAgreementAlgorithm,
        PublicKey: peers.get(bytes as 32)!.spki,
      })
    }

    testRecipient(kms, name, {
      client: () => kms.parent,
      denial: noKeyPolicy('kms:DeriveSharedSecret', arnOf(id)),
      input: input(id, 32),
      members: ['KeyAgreementAlgorithm', 'KeyId', 'KeyOrigin'],
      secret: 'SharedSecret',
      async check(opened) {
        const { privateKey } = peers.get(opened.length as 32)!
        assert.deepEqual(opened, await agreed(idOf.get(opened.length)!, privateKey))
      },
      secrets: rows.map(([, curve]) => ({ ...curve, input: input(curve.id, curve.bytes) })),
    })
  })

  describe('result', () => {
    it('has AWS’s members and no other', async () => {
      const input = { KeyId: aliasOf('agreement'), KeyAgreementAlgorithm, PublicKey }
      const got = await answer(kms.root, name, input)
      const members = ['KeyAgreementAlgorithm', 'KeyId', 'KeyOrigin', 'SharedSecret']
      assert.deepEqual(membersOf(got), members)
      const { SharedSecret, ...rest } = got.output
      assert.equal(rest.KeyId, arns.agreement)
      assert.equal(rest.KeyAgreementAlgorithm, 'ECDH')
      assert.equal(rest.KeyOrigin, 'AWS_KMS')
      assert.deepEqual(Buffer.from(SharedSecret!), await agreed(KeyId, own))
    })
  })
})
