import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { X509Certificate, createHash, createPublicKey } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { simulatedIdentity } from '../../lib/attest/pki.ts'
import {
  curveOrder,
  rootValidity,
  simulatedRootCertificate,
  simulatedRootKey,
  simulatedRootScalar,
} from '../../lib/attest/simulated-root.ts'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { decodeAttestationDocument } from '../../lib/codec/document.ts'
import { makeSimulatedRoot, signDeterministically } from '../../scripts/make-simulated-root.ts'

const project = new URL('../../', import.meta.url)
const captured = new URL(
  '../shared/corpus/attestation/distributed-lab-aws-nitro-enclaves-av-20250818-050f82.cose',
  project,
)
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

const second = 1000
const hour = 3600 * second
const day = 24 * hour
const atMs = Date.parse('2026-03-01T12:34:56.789Z')
const origin = {
  region: 'us-east-1',
  instanceId: 'i-1234567890abcdef0',
  moduleId: 'i-1234567890abcdef0-enc0198bc503b57519e',
}
const levels = ['root', 'regional', 'zonal', 'instance', 'leaf'] as const

/** The chain, root first, the leaf last. */
async function chain(at = atMs, who = origin): Promise<X509Certificate[]> {
  const { cabundle, certificate } = await simulatedIdentity(who, at)
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
    const { fromMs, toMs } = period(new X509Certificate(simulatedRootCertificate()))
    assert.deepEqual({ notBeforeMs: fromMs, notAfterMs: toMs }, rootValidity)
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

describe('simulatedIdentity', () => {
  it('gives four certificates above the leaf, none over 1024 bytes', async () => {
    const certificates = await chain()
    assert.equal(certificates.length, 5)
    for (const { raw } of certificates) assert.ok(raw.length <= 1024, `${raw.length} bytes`)
    assert.deepEqual(certificates[0]?.raw, simulatedRootCertificate())
  })

  it('gives the private key of the leaf', async () => {
    const { privateKey, certificate } = await simulatedIdentity(origin, atMs)
    assert.ok(new X509Certificate(certificate).checkPrivateKey(privateKey))
  })

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

  const opensslTitle = 'is a chain that openssl verifies'
  ;(hasOpenssl ? it : it.skip)(
    hasOpenssl ? opensslTitle : `${opensslTitle} (skipped: no openssl)`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'chain-'))
      try {
        const certificates = await chain()
        const write = (name: string, ...pems: X509Certificate[]) => {
          const file = join(folder, name)
          writeFileSync(file, pems.map(String).join(''))
          return file
        }
        const { status, stderr } = spawnSync('openssl', [
          ...['verify', '-attime', String(Math.floor(atMs / second))],
          ...['-CAfile', write('root.pem', certificates[0]!)],
          ...['-untrusted', write('issuers.pem', ...certificates.slice(1, 4))],
          write('leaf.pem', certificates[4]!),
        ])
        assert.equal(status, 0, stderr.toString())
      } finally {
        rmSync(folder, { recursive: true })
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
    const leaf = (await chain(atMs, { ...origin, moduleId }))[4]!
    const issued = (period(leaf).fromMs + 3 * second) / second
    assert.equal(leaf.serialNumber.toLowerCase(), issued.toString(16))
  })

  it('is valid from two minutes before the time to 58 minutes after, and nested', async () => {
    const times = fc.integer({
      min: rootValidity.notBeforeMs + 20 * day,
      max: rootValidity.notAfterMs - 25 * day,
    })
    await fc.assert(
      fc.asyncProperty(times, async (at) => {
        let issuer = { fromMs: -Infinity, toMs: Infinity }
        for (const [index, certificate] of (await chain(at)).entries()) {
          const valid = period(certificate)
          assert.ok(valid.fromMs <= at - 120 * second, levels[index])
          assert.ok(valid.toMs >= at + 58 * 60 * second, levels[index])
          // A leaf begins three seconds before its issue, and so perhaps before its issuer.
          assert.ok(valid.fromMs >= issuer.fromMs - 3 * second, levels[index])
          assert.ok(valid.toMs <= issuer.toMs, levels[index])
          issuer = valid
        }
      }),
      { numRuns: 25 },
    )
  })

  it('gives the same chain again, also after a look at another year', async () => {
    const before = await simulatedIdentity(origin, atMs)
    await simulatedIdentity(origin, Date.parse('2021-01-01T00:00:00Z'))
    await simulatedIdentity(origin, Date.parse('2045-01-01T00:00:00Z'))
    assert.equal(await simulatedIdentity(origin, atMs + second), before)
  })

  it('makes one chain for many who ask at once', async () => {
    const fresh = { ...origin, moduleId: 'i-1234567890abcdef0-enc0198bc503b570001' }
    const asked = await Promise.all(Array.from({ length: 8 }, () => simulatedIdentity(fresh, atMs)))
    assert.equal(new Set(asked).size, 1)
  })

  it('changes the leaf after two hours and keeps what is above', async () => {
    const at = Date.parse('2026-03-01T13:00:00Z')
    const one = await chain(at)
    const other = await chain(at + 2 * hour)
    const same = one.map(
      ({ fingerprint256 }, index) => fingerprint256 === other[index]?.fingerprint256,
    )
    assert.deepEqual(same, [true, true, true, true, false])
  })

  it('shares what AWS shares: the region, its zone and the instance', async () => {
    const one = await chain()
    const shared = async (who: typeof origin) =>
      (await chain(atMs, who)).map(
        ({ fingerprint256 }, index) => fingerprint256 === one[index]?.fingerprint256,
      )
    const moduleId = 'i-1234567890abcdef0-enc0198bc503b570002'
    assert.deepEqual(await shared({ ...origin, moduleId }), [true, true, true, true, false])
    const instanceId = 'i-1234567890abcdef1'
    const neighbour = { ...origin, instanceId, moduleId: `${instanceId}-enc0198bc503b57519e` }
    assert.deepEqual(await shared(neighbour), [true, true, true, false, false])
    const abroad = { ...origin, region: 'eu-central-1' }
    assert.deepEqual(await shared(abroad), [true, false, false, false, false])
  })
})
