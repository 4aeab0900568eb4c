/**
 * The simulated chain, issued a second time by @peculiar/x509 from the profile in its own words:
 * what the certificates say is the same, byte for byte.
 */
import 'reflect-metadata/lite'
import assert from 'node:assert/strict'
import type { webcrypto } from 'node:crypto'
import { Crypto } from '@peculiar/webcrypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509'
import fc from 'fast-check'
import { SimulatedPki } from '../../lib/attest/pki.ts'

// Its types are the DOM's, which are not here; Node's are the same interface.
const crypto = new Crypto() as unknown as webcrypto.Crypto
const { digitalSignature, nonRepudiation, keyCertSign, cRLSign } = KeyUsageFlags
const hour = 3600 * 1000
const day = 24 * hour

const country = { C: [{ printableString: 'US' }] }
const organization = { O: [{ utf8String: 'enclave-kms' }] }
const unit = { OU: [{ utf8String: 'NOT AWS' }] }
const city = { L: [{ utf8String: 'Seattle' }] }
const state = (text: string) => ({ ST: [{ utf8String: text }] })

type Attribute = Record<string, { utf8String?: string; printableString?: string }[]>

/** One level: AWS's profile with this project's names. */
interface Row {
  readonly level: string
  readonly name: (commonName: Attribute) => Attribute[]
  readonly commonName: RegExp
  readonly lifetimeMs: number
  readonly extensions: (read: X509Certificate, issuer: X509Certificate) => Promise<Extension[]>
}

const hostName: Row['name'] = (cn) => [country, state('Washington'), city, organization, unit, cn]
const rows: readonly Row[] = [
  {
    level: 'regional',
    name: (cn) => [country, organization, unit, cn],
    commonName: /^[0-9a-f]{16}\.eu-west-1\.simulated\.nitro-enclaves$/,
    lifetimeMs: 20 * day + hour,
    extensions: async (read, issuer) => [
      new BasicConstraintsExtension(true, 2, true),
      await authorityKey(issuer),
      await subjectKey(read),
      new KeyUsagesExtension(digitalSignature | keyCertSign | cRLSign, true),
      revocationList(
        read,
        /^http:\/\/simulated-nitro-enclaves-crl\.invalid\/crl\/[0-9a-f-]{36}\.crl$/,
      ),
    ],
  },
  {
    level: 'zonal',
    name: (cn) => [cn, unit, organization, country, state('WA'), city],
    commonName: /^[1-9a-f][0-9a-f]*\.zonal\.eu-west-1\.simulated\.nitro-enclaves$/,
    lifetimeMs: 478_800_000,
    extensions: async (read, issuer) => [
      new BasicConstraintsExtension(true, 1, true),
      await authorityKey(issuer),
      await subjectKey(read),
      new KeyUsagesExtension(digitalSignature | keyCertSign | cRLSign, true),
      revocationList(
        read,
        /^http:\/\/crl-eu-west-1-simulated-nitro-enclaves\.eu-west-1\.invalid\/crl\/[0-9a-f-]{36}\.crl$/,
      ),
    ],
  },
  {
    level: 'instance',
    name: hostName,
    commonName: /^i-[0-9a-f]{17}\.eu-west-1\.simulated\.nitro-enclaves$/,
    lifetimeMs: day,
    extensions: async (read, issuer) => [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(keyCertSign, true),
      await subjectKey(read),
      await authorityKey(issuer),
    ],
  },
  {
    level: 'leaf',
    name: hostName,
    commonName: /^i-[0-9a-f]{17}-(enc[0-9a-f]{16}|tpm0{16})\.eu-west-1\.simulated$/,
    lifetimeMs: 10_803_000,
    extensions: () =>
      Promise.resolve([
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(digitalSignature | nonRepudiation),
      ]),
  },
]

function subjectKey({ publicKey }: X509Certificate): Promise<Extension> {
  return SubjectKeyIdentifierExtension.create(publicKey, false, crypto)
}

function authorityKey({ publicKey }: X509Certificate): Promise<Extension> {
  return AuthorityKeyIdentifierExtension.create(publicKey, false, crypto)
}

/** Its address is random: read, and checked. */
function revocationList(read: X509Certificate, wanted: RegExp): Extension {
  const uri = read.getExtension(CRLDistributionPointsExtension)?.distributionPoints[0]
    ?.distributionPoint?.fullName?.[0]?.uniformResourceIdentifier
  assert.match(uri ?? '', wanted)
  return new CRLDistributionPointsExtension([uri ?? ''])
}

/** What is signed in the certificate that @peculiar/x509 makes; its signature is another's. */
async function issuedAgain(
  row: Row,
  read: X509Certificate,
  issuer: X509Certificate,
): Promise<string> {
  const [commonName = ''] = read.subjectName.getField('CN')
  assert.match(commonName, row.commonName)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-384' }
  const { privateKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create(
    {
      subject: new Name(row.name({ CN: [{ utf8String: commonName }] })),
      issuer: issuer.subjectName,
      serialNumber: read.serialNumber,
      notBefore: read.notBefore,
      notAfter: new Date(read.notBefore.getTime() + row.lifetimeMs),
      extensions: await row.extensions(read, issuer),
      publicKey: read.publicKey,
      signingKey: privateKey,
      signingAlgorithm: { ...algorithm, hash: 'SHA-384' },
    },
    crypto,
  )
  return toBeSigned(certificate)
}

/** Hex. Both SEQUENCEs, of the certificate and of tbsCertificate, have lengths of two bytes. */
function toBeSigned({ rawData }: X509Certificate): string {
  const der = Buffer.from(rawData)
  return der.toString('hex', 4, 8 + der.readUInt16BE(6))
}

const times = fc.date({
  min: new Date('2019-01-01'),
  max: new Date('2049-12-31'),
  noInvalidDate: true,
})
const instances = fc.stringMatching(/^[0-9a-f]{17}$/)
const tails = fc.oneof(fc.stringMatching(/^enc[0-9a-f]{16}$/), fc.constant('tpm0000000000000000'))

describe('the simulated chain', () => {
  it('is what @peculiar/x509 issues of the same profile', async () => {
    await fc.assert(
      fc.asyncProperty(times, instances, tails, async (at, instance, tail) => {
        const instanceId = `i-${instance}`
        const origin = { region: 'eu-west-1', instanceId, moduleId: `${instanceId}-${tail}` }
        const { cabundle, certificate } = await new SimulatedPki().identity(origin, at.getTime())
        const chain = [...cabundle, certificate].map(
          (der) => new X509Certificate(new Uint8Array(der)),
        )
        for (const [index, row] of rows.entries()) {
          const [issuer, read] = chain.slice(index)
          assert.ok(issuer && read)
          assert.equal(toBeSigned(read), await issuedAgain(row, read, issuer), row.level)
        }
      }),
      {
        numRuns: 6,
        examples: [
          // Ends after 2049; a number that begins with zeros; one whose first bit is set.
          [new Date('2049-12-31T23:59:59Z'), '0'.repeat(17), 'tpm0000000000000000'],
          [new Date('2026-03-01'), '1'.repeat(17), 'enc0000000000000000'],
          [new Date('2026-03-01'), '1'.repeat(17), 'encffffffffffffffff'],
        ],
      },
    )
  })
})
