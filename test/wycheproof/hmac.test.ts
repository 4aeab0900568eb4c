import { createSecretKey } from 'node:crypto'
import { macAlgorithms, type MacAlgorithm } from '../../lib/crypto/algorithms.ts'
import { verifyMac } from '../../lib/crypto/mac.ts'
import { Material } from '../../lib/crypto/material.ts'
import { describeWycheproof, hex, itJudges } from '../support/wycheproof.ts'

interface Group {
  /** In bits, as `tagSize` is. */
  readonly keySize: number
  readonly tagSize: number
}

describeWycheproof('HMAC', () => {
  for (const algorithm of Object.keys(macAlgorithms) as MacAlgorithm[]) {
    const bits = Number(algorithm.slice(-3))
    itJudges<Group, 'key' | 'msg' | 'tag'>(
      `hmac_sha${bits}`,
      'tags that are whole',
      (_group, { key, msg, tag }) => {
        // Keys of every length: what KMS takes of them is material.ts's to say.
        const material = new Material('HMAC_256', createSecretKey(hex(key)))
        return verifyMac(material, algorithm, hex(msg), hex(tag))
      },
      ({ result }, { tagSize }) => result === 'valid' && tagSize === bits,
    )
  }
})
