import { createPublicKey } from 'node:crypto'
import { verify } from '../../lib/crypto/signature.ts'
import { describeWycheproof, hex, itJudges, verifierOf } from '../support/wycheproof.ts'

interface Group {
  readonly publicKeyDer: string
}

describeWycheproof('Ed25519', () => {
  itJudges<Group, 'msg' | 'sig'>('ed25519', 'RAW', ({ publicKeyDer }, { msg, sig }) => {
    const key = createPublicKey({ key: hex(publicKeyDer), format: 'der', type: 'spki' })
    const message = { type: 'RAW', bytes: hex(msg) } as const
    return verify(verifierOf(key), 'ED25519_SHA_512', message, hex(sig))
  })
})
