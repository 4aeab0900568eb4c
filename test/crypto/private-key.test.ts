import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import {
  checkPair,
  generatePrivateKey,
  readPrivateKey,
  withoutItsEncoding,
  type PairShape,
} from '../../lib/crypto/private-key.ts'
import { specs, type KeySpec } from '../../lib/crypto/specs.ts'

const pairs = (Object.keys(specs) as KeySpec[]).flatMap((spec) => {
  const { material } = specs[spec]
  // Larger RSA keys would be seconds more of the same.
  return 'curve' in material || material.kind === 'ed25519' || spec === 'RSA_2048'
    ? [[spec, material as PairShape] as const]
    : []
})

describe('private keys', function () {
  this.timeout(60_000)

  for (const [spec, shape] of pairs) {
    it(`are pairs, and are read as they were written: ${spec}`, async () => {
      const key = await generatePrivateKey(shape)
      await checkPair(key)
      const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
      assert.ok(readPrivateKey(spec, shape, pkcs8).equals(key))
      assert.deepEqual(withoutItsEncoding(key).export({ type: 'pkcs8', format: 'der' }), pkcs8)
    })
  }

  for (const [spec, shape] of pairs) {
    if (!('curve' in shape)) continue
    it(`are no pair with the public half of another: ${spec}`, async () => {
      const [own, other] = await Promise.all([generatePrivateKey(shape), generatePrivateKey(shape)])
      const mixed = own.export({ type: 'pkcs8', format: 'der' })
      const theirs = other.export({ type: 'pkcs8', format: 'der' })
      theirs.copy(mixed, mixed.length - 2 * shape.fieldBytes, mixed.length - 2 * shape.fieldBytes)
      const key = createPrivateKey({ key: mixed, format: 'der', type: 'pkcs8' })
      await assert.rejects(checkPair(key), {
        code: 'MATERIAL_PAIR',
        message: 'key material: the private and public key are not a pair',
      })
    })
  }

  const p256 = specs.ECC_NIST_P256.material as PairShape
  const ones = '01'.repeat(32)
  const zeros = '00'.repeat(32)
  const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'
  const head = '020100301306072a8648ce3d020106082a8648ce3d030107'

  // OpenSSL reads the first two, and Node's process ends when it is asked for their curve.
  for (const [name, hex] of [
    ['whose point is at infinity', `3047${head}042d302b0201010420${ones}a10403020000`],
    ['of a scalar of 60 bytes', `305d${head}04433041020101043c${'01'.repeat(60)}`],
    ['of a scalar of 0', `3041${head}042730250201010420${zeros}`],
    ['of the order of its curve', `3041${head}042730250201010420${order}`],
  ] as const) {
    it(`refuse an EC key ${name}`, () => {
      const read = () =>
        withoutItsEncoding(readPrivateKey('ECC_NIST_P256', p256, Buffer.from(hex, 'hex')))
      assert.throws(read, { code: 'MATERIAL_ENCODING' })
    })
  }

  it('refuse an RSA key whose factors are not its own', async () => {
    const rsa = specs.RSA_2048.material as PairShape
    const good = (await generatePrivateKey(rsa)).export({ format: 'jwk' })
    const read = (more: object) => createPrivateKey({ key: { ...good, ...more }, format: 'jwk' })
    await checkPair(read({}))
    for (const more of [
      { p: good.n, q: 'AQ' },
      { dp: good.dq },
      { dq: good.dp },
      { qi: good.dp },
      { p: good.q, q: good.p },
    ]) {
      await assert.rejects(async () => checkPair(read(more)), { code: 'MATERIAL_PAIR' })
    }
  })
})
