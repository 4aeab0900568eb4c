import assert from 'node:assert/strict'
import { X509Certificate, createHash, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  curveOrder,
  rootValidity,
  simulatedRootCertificate,
  simulatedRootKey,
  simulatedRootScalar,
} from '../../lib/attest/simulated-root.ts'
import { makeSimulatedRoot, signDeterministically } from '../../scripts/make-simulated-root.ts'

const project = new URL('../../', import.meta.url)

describe('the simulated root', () => {
  it('is the certificate that the recipe makes', async () => {
    const committed = readFileSync(new URL('certs/simulated-root.pem', project), 'utf8')
    assert.equal(await makeSimulatedRoot(), committed)
  })

  it('has the key that certs/README.md says', () => {
    const recipe = readFileSync(new URL('certs/README.md', project), 'utf8')
    const text = /^1\. .*`(.+)`$/m.exec(recipe)?.[1]
    assert.ok(text)
    const digest = BigInt(`0x${createHash('sha512').update(text).digest('hex')}`)
    const scalar = (digest % (curveOrder - 1n)) + 1n
    assert.equal(BigInt(`0x${simulatedRootScalar().toString('hex')}`), scalar)

    const certificate = new X509Certificate(simulatedRootCertificate())
    const spki = { type: 'spki', format: 'der' } as const
    const derived = createPublicKey(simulatedRootKey()).export(spki)
    assert.deepEqual(certificate.publicKey.export(spki), derived)
    assert.ok(certificate.verify(certificate.publicKey))
  })

  it('cannot be taken for the root of AWS', () => {
    const { subject, issuer } = new X509Certificate(simulatedRootCertificate())
    assert.equal(subject, 'C=US\nO=enclave-kms\nOU=NOT AWS\nCN=simulated.nitro-enclaves')
    assert.equal(issuer, subject)
  })

  it('is valid as long as the project says', () => {
    const { validFrom, validTo } = new X509Certificate(simulatedRootCertificate())
    const validity = { notBeforeMs: Date.parse(validFrom), notAfterMs: Date.parse(validTo) }
    assert.deepEqual(validity, rootValidity)
  })

  it('is signed as RFC 6979, A.2.6 has it', () => {
    const scalar =
      '6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5'
    const signature = signDeterministically(Buffer.from('sample'), Buffer.from(scalar, 'hex'))
    assert.equal(
      signature.toString('hex'),
      '94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46' +
        '99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8',
    )
  })
})
