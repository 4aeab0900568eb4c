import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { SimulatedPki } from '../../lib/attest/pki.ts'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { decodeAttestationDocument } from '../../lib/codec/document.ts'
import { hasOpenssl, openssl } from '../crypto/openssl.ts'

const captured = new URL(
  '../../../shared/corpus/attestation/distributed-lab-aws-nitro-enclaves-av-20250818-050f82.cose',
  import.meta.url,
)

const second = 1000
const atMs = Date.parse('2026-03-01T12:34:56.789Z')
const origin = {
  region: 'us-east-1',
  instanceId: 'i-1234567890abcdef0',
  moduleId: 'i-1234567890abcdef0-enc0198bc503b57519e',
}
const levels = ['root', 'regional', 'zonal', 'instance', 'leaf'] as const
const pki = new SimulatedPki()

/** The chain, root first, the leaf last. */
async function chain(who = origin): Promise<X509Certificate[]> {
  const { cabundle, certificate } = await pki.identity(who, atMs)
  return [...cabundle, certificate].map((der) => new X509Certificate(der))
}

function period(certificate: X509Certificate): { fromMs: number; toMs: number } {
  return { fromMs: Date.parse(certificate.validFrom), toMs: Date.parse(certificate.validTo) }
}

/**
 * What two certificates of one profile have in common: tags, object identifiers and booleans, and
 * the values of basic constraints and key usage.
 */
function shape(der: Buffer): unknown[] {
  const items: unknown[] = []
  let extension = ''
  for (let at = 0; at < der.length;) {
    const tag = der[at]!
    const first = der[at + 1]!
    const lengthBytes = first < 0x80 ? 0 : first - 0x80
    const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes)
    const start = at + 2 + lengthBytes
    const content = der.subarray(start, start + length)
    if (tag === 0x06) extension = content.toString('hex')
    const isFixed = tag === 0x06 || tag === 0x01
    const isConstraint = tag === 0x04 && ['551d13', '551d0f'].includes(extension)
    if (isFixed || isConstraint) items.push([tag, content.toString('hex')])
    else items.push(tag & 0x20 ? [tag, shape(content)] : tag)
    at = start + length
  }
  return items
}

describe('profiles', () => {
  const shapeTitle = 'has the profile of a captured chain, level by level'
  const present = existsSync(captured)
  ;(present ? it : it.skip)(
    present ? shapeTitle : `${shapeTitle} (skipped: no corpus)`,
    async () => {
      const real = decodeAttestationDocument(decodeCoseSign1(readFileSync(captured)).payload)
      const simulated = await chain()
      for (const [index, der] of [...real.cabundle, real.certificate].entries()) {
        assert.deepEqual(shape(simulated[index]!.raw), shape(Buffer.from(der)), levels[index])
      }
    },
  )

  const textTitle = 'says to openssl what each level may do'
  ;(hasOpenssl ? it : it.skip)(
    hasOpenssl ? textTitle : `${textTitle} (skipped: no openssl)`,
    async () => {
      const signing = 'Digital Signature, Certificate Sign, CRL Sign'
      const rights = [
        ['CA:TRUE', signing],
        ['CA:TRUE, pathlen:2', signing],
        ['CA:TRUE, pathlen:1', signing],
        ['CA:TRUE, pathlen:0', 'Certificate Sign'],
      ].map(([constraints = '', usage = '']) => [
        ...['X509v3 Basic Constraints: critical', constraints],
        ...['X509v3 Key Usage: critical', usage],
      ])
      const leafRights = [
        ...['X509v3 Basic Constraints: critical', 'CA:FALSE'],
        ...['X509v3 Key Usage:', 'Digital Signature, Non Repudiation'],
      ]
      const args = ['x509', '-in', 'pem', '-noout', '-ext', 'basicConstraints,keyUsage']
      for (const [index, certificate] of (await chain()).entries()) {
        const text = openssl(args, { pem: certificate.toString() }).toString()
        const lines = text.split('\n').map((line) => line.trim())
        assert.deepEqual(lines.filter(Boolean), rights[index] ?? leafRights, levels[index])
      }
    },
  )

  it('has the names of AWS with enclave-kms for Amazon', async () => {
    const [, regional, zonal, instance, leaf] = await chain()
    const state = 'C=US\nST=Washington\nL=Seattle\nO=enclave-kms\nOU=NOT AWS\n'
    assert.match(
      regional!.subject,
      /^C=US\nO=enclave-kms\nOU=NOT AWS\nCN=[0-9a-f]{16}\.us-east-1\.simulated\.nitro-enclaves$/,
    )
    assert.match(
      zonal!.subject,
      /^CN=[1-9a-f][0-9a-f]{0,15}\.zonal\.us-east-1\.simulated\.nitro-enclaves\nOU=NOT AWS\nO=enclave-kms\nC=US\nST=WA\nL=Seattle$/,
    )
    const host = `${origin.instanceId}.us-east-1.simulated.nitro-enclaves`
    assert.equal(instance!.subject, `${state}CN=${host}`)
    assert.equal(leaf!.subject, `${state}CN=${origin.moduleId}.us-east-1.simulated`)
  })

  it('has the lifetimes of AWS', async () => {
    const lifetimes = (await chain()).slice(1).map((certificate) => {
      const { fromMs, toMs } = period(certificate)
      return (toMs - fromMs) / second
    })
    assert.deepEqual(lifetimes, [1_731_600, 478_800, 86_400, 10_803])
  })

  it('numbers the leaf of an enclave by its id and time of issue', async () => {
    const leaf = (await chain())[4]!
    const issued = (period(leaf).fromMs + 3 * second) / second
    const serial = `198bc503b57519e00000000${issued.toString(16)}`
    assert.equal(leaf.serialNumber.toLowerCase().replace(/^0+/, ''), serial)
  })

  it('numbers the leaf of a NitroTPM by its time of issue', async () => {
    const moduleId = 'i-1234567890abcdef0-tpm0000000000000000'
    const leaf = (await chain({ ...origin, moduleId }))[4]!
    const issued = (period(leaf).fromMs + 3 * second) / second
    assert.equal(leaf.serialNumber.toLowerCase(), issued.toString(16))
  })
})
