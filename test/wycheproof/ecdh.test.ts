import { createECDH, createPrivateKey } from 'node:crypto'
import { deriveSharedSecret } from '../../lib/crypto/agreement.ts'
import { Material } from '../../lib/crypto/material.ts'
import { DecodeError } from '../../lib/errors.ts'
import { describeWycheproof, hex, itJudges } from '../support/wycheproof.ts'

describeWycheproof('ECDH', () => {
  for (const [file, spec, curve, crv, fieldBytes] of [
    ['ecdh_secp256r1', 'ECC_NIST_P256', 'prime256v1', 'P-256', 32],
    ['ecdh_secp384r1', 'ECC_NIST_P384', 'secp384r1', 'P-384', 48],
    ['ecdh_secp521r1', 'ECC_NIST_P521', 'secp521r1', 'P-521', 66],
  ] as const) {
    itJudges<object, 'public' | 'private' | 'shared'>(
      file,
      'points that are not compressed, on named curves',
      async (_group, vector) => {
        const scalar = hex(vector.private.padStart(2 * fieldBytes, '0')).subarray(-fieldBytes)
        const key = createPrivateKey({ key: jwk(curve, crv, scalar), format: 'jwk' })
        try {
          const secret = await deriveSharedSecret(new Material(spec, key), hex(vector.public))
          return secret.equals(hex(vector.shared))
        } catch (error) {
          if (error instanceof DecodeError && error.code === 'PEER_KEY') return false
          throw error
        }
      },
    )
  }
})

function jwk(curve: string, crv: string, scalar: Buffer) {
  const ecdh = createECDH(curve)
  ecdh.setPrivateKey(scalar)
  const point = ecdh.getPublicKey().subarray(1)
  const [x, y] = [point.subarray(0, scalar.length), point.subarray(scalar.length)]
  const encode = (bytes: Buffer) => bytes.toString('base64url')
  return { kty: 'EC', crv, d: encode(scalar), x: encode(x), y: encode(y) }
}
