import { createHash, createPublicKey } from 'node:crypto'
import { signingAlgorithms, type SigningAlgorithm } from '../../lib/crypto/algorithms.ts'
import { verify } from '../../lib/crypto/signature.ts'
import { describeWycheproof, hex, itJudges, verifierOf } from '../support/wycheproof.ts'

interface Group {
  readonly publicKeyDer: string
}

const pkcs1 = ['2048', '3072', '4096'].flatMap((bits) =>
  (['256', '384', '512'] as const).map(
    (hash) => [`rsa_signature_${bits}_sha${hash}`, `RSASSA_PKCS1_V1_5_SHA_${hash}`] as const,
  ),
)
const pss = [
  ['rsa_pss_2048_sha256_mgf1_32', 'RSASSA_PSS_SHA_256'],
  ['rsa_pss_3072_sha256_mgf1_32', 'RSASSA_PSS_SHA_256'],
  ['rsa_pss_4096_sha256_mgf1_32', 'RSASSA_PSS_SHA_256'],
  ['rsa_pss_2048_sha384_mgf1_48', 'RSASSA_PSS_SHA_384'],
  ['rsa_pss_4096_sha384_mgf1_48', 'RSASSA_PSS_SHA_384'],
  ['rsa_pss_4096_sha512_mgf1_64', 'RSASSA_PSS_SHA_512'],
] as const
/** KMS's salt is as long as the digest, and its MGF1 has the same hash: one vector here is so. */
const otherParameters = [
  ['rsa_pss_2048_sha256_mgf1_0', 'RSASSA_PSS_SHA_256', 's_len changed to 32'],
  ['rsa_pss_4096_sha512_mgf1_32', 'RSASSA_PSS_SHA_512', null],
  ['rsa_pss_2048_sha256_mgf1sha1_20', 'RSASSA_PSS_SHA_256', null],
] as const

describeWycheproof('RSA signatures', () => {
  for (const type of ['RAW', 'DIGEST'] as const) {
    for (const [file, algorithm] of [...pkcs1, ...pss]) {
      itJudges<Group, 'msg' | 'sig'>(file, type, judge(algorithm, type))
    }
    for (const [file, algorithm, right] of otherParameters) {
      const how = `${type}, with KMS’s salt alone`
      const isRight = ({ comment }: { comment?: string }) => comment === right
      itJudges<Group, 'msg' | 'sig'>(file, how, judge(algorithm, type), isRight)
    }
  }
})

function judge(algorithm: SigningAlgorithm, type: 'RAW' | 'DIGEST') {
  return ({ publicKeyDer }: Group, { msg, sig }: Record<'msg' | 'sig', string>) => {
    const key = createPublicKey({ key: hex(publicKeyDer), format: 'der', type: 'spki' })
    const { hash } = signingAlgorithms[algorithm]
    const bytes = type === 'RAW' ? hex(msg) : createHash(hash).update(hex(msg)).digest()
    return verify(verifierOf(key), algorithm, { type, bytes }, hex(sig))
  }
}
