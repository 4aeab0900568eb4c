import { decryptAsymmetric } from '../../lib/crypto/cipher.ts'
import { materialFromBytes } from '../../lib/crypto/material.ts'
import { describeWycheproof, hex, itJudges } from '../support/wycheproof.ts'

interface Group {
  readonly keySize: 2048 | 3072 | 4096
  readonly privateKeyPkcs8: string
}

describeWycheproof('RSAES-OAEP', () => {
  for (const [file, algorithm] of [
    ['rsa_oaep_2048_sha1_mgf1sha1', 'RSAES_OAEP_SHA_1'],
    ['rsa_oaep_2048_sha256_mgf1sha256', 'RSAES_OAEP_SHA_256'],
    ['rsa_oaep_3072_sha256_mgf1sha256', 'RSAES_OAEP_SHA_256'],
    ['rsa_oaep_4096_sha256_mgf1sha256', 'RSAES_OAEP_SHA_256'],
  ] as const) {
    itJudges<Group, 'msg' | 'ct' | 'label'>(
      file,
      'with KMS’s empty label alone',
      async ({ keySize, privateKeyPkcs8 }, { msg, ct }) => {
        const material = materialFromBytes(`RSA_${keySize}`, hex(privateKeyPkcs8))
        const plaintext = await decryptAsymmetric(material, algorithm, hex(ct))
        return plaintext?.equals(hex(msg)) ?? false
      },
      ({ result, label }) => result === 'valid' && label === '',
    )
  }
})
