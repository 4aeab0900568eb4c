import { createHash, createPublicKey } from 'node:crypto'
import { signingAlgorithms } from '../../lib/crypto/algorithms.ts'
import { verify } from '../../lib/crypto/signature.ts'
import { describeWycheproof, hex, itJudges, verifierOf } from '../support/wycheproof.ts'

interface Group {
  readonly publicKeyDer: string
}

describeWycheproof('ECDSA', () => {
  for (const [file, algorithm] of [
    ['ecdsa_secp256r1_sha256', 'ECDSA_SHA_256'],
    ['ecdsa_secp384r1_sha384', 'ECDSA_SHA_384'],
    ['ecdsa_secp521r1_sha512', 'ECDSA_SHA_512'],
    ['ecdsa_secp256k1_sha256', 'ECDSA_SHA_256'],
  ] as const) {
    for (const type of ['RAW', 'DIGEST'] as const) {
      itJudges<Group, 'msg' | 'sig'>(file, type, ({ publicKeyDer }, { msg, sig }) => {
        const key = createPublicKey({ key: hex(publicKeyDer), format: 'der', type: 'spki' })
        const { hash } = signingAlgorithms[algorithm]
        const bytes = type === 'RAW' ? hex(msg) : createHash(hash).update(hex(msg)).digest()
        return verify(verifierOf(key), algorithm, { type, bytes }, hex(sig))
      })
    }
  }
})
