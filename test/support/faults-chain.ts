/** Documents with one thing wrong in their certificates, or in how the bundle lists them. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { simulatedRootKey } from '../../lib/attest/simulated-root.ts'
import { fault, type Fault } from './fault.ts'
import {
  authority,
  buildCertificate,
  oids,
  rootName,
  spkiOf,
  testKey,
  usages,
  type CertificateDraft,
  type Level,
  type Plan,
} from './forge.ts'
import * as der from './write-der.ts'

const levels = ['regional', 'zonal', 'instance', 'leaf'] as const

/** One certificate drafted differently. */
function change(level: Level, edit: (draft: CertificateDraft, nowMs: number) => void): Plan {
  return { certificates: (chain, nowMs) => edit(chain[level], nowMs) }
}

function constraints(level: Level, value: Buffer): Plan {
  return change(level, ({ extensions }) => {
    extensions.set(oids.basicConstraints, der.extension(oids.basicConstraints, true, value))
  })
}

function usage(level: Level, bits: Buffer): Plan {
  return change(level, ({ extensions }) => {
    extensions.set(oids.keyUsage, der.extension(oids.keyUsage, true, bits))
  })
}

function without(level: Level, id: string): Plan {
  return change(level, ({ extensions }) => {
    extensions.delete(id)
  })
}

/** One more extension. */
function extra(level: Level, extension: Buffer): Plan {
  return change(level, ({ moreExtensions }) => {
    moreExtensions.push(extension)
  })
}

/** Another key for a certificate, which whatever is below is signed with. */
function subjectKey(level: Level, spki: Buffer): Plan {
  return change(level, (draft) => {
    draft.spki = spki
  })
}

function algorithm(level: Level, id: string, hash: string): Plan {
  return change(level, (draft) => {
    draft.algorithm = der.sequence(der.oid(id))
    draft.hash = hash
  })
}

/** A root certificate of somebody's own: with the name of the simulated one, and this key. */
function ownRoot(draft: CertificateDraft, key: KeyObject): Buffer {
  const extensions = new Map(draft.extensions)
  extensions.set(oids.basicConstraints, der.extension(oids.basicConstraints, true, authority()))
  const names = { issuer: rootName, subject: rootName }
  return buildCertificate({ ...draft, ...names, extensions, spki: spkiOf(key), key, signer: key })
}

const middleName = der.name({ O: 'enclave-kms', CN: 'middle' })
const unknownExtension = '1.3.6.1.4.1.99999.1'
const subtree = der.sequence(der.element(0xa0, der.sequence(der.element(0x82, Buffer.from('a')))))
const p256 = spkiOf(testKey('p256', 'P-256'))
const compressed = compress(spkiOf(testKey('leaf')))

/** The same key, its point in compressed form. */
function compress(spki: Buffer): Buffer {
  const point = spki.subarray(-97)
  const header = Buffer.of(2 + (point[96]! & 1))
  const identifier = der.sequence(der.oid('1.2.840.10045.2.1'), der.oid('1.3.132.0.34'))
  return der.sequence(identifier, der.bitString(Buffer.concat([header, point.subarray(1, 49)])))
}

/** A point whose last byte is another: not on the curve. */
function offCurve(spki: Buffer): Buffer {
  const damaged = Buffer.from(spki)
  damaged[damaged.length - 1]! ^= 1
  return damaged
}

export const chainFaults: readonly Fault[] = [
  ...levels.flatMap((level) => [
    fault(
      `an expired ${level} certificate`,
      'CHAIN_EXPIRED',
      change(level, (draft, nowMs) => {
        draft.notAfter = der.utcTime(nowMs - 1000)
      }),
    ),
    fault(
      `a ${level} certificate that is not yet valid`,
      'CHAIN_NOT_YET_VALID',
      change(level, (draft, nowMs) => {
        draft.notBefore = der.utcTime(nowMs + 2000)
      }),
    ),
    fault(
      `a ${level} certificate signed by another key`,
      'CHAIN_SIGNATURE',
      change(level, (draft) => {
        draft.signer = testKey('stranger')
      }),
    ),
    fault(
      `a ${level} certificate of another issuer`,
      'CHAIN_ISSUER',
      change(level, (draft) => {
        draft.issuer = der.name({ O: 'Amazon', CN: 'somebody else' })
      }),
    ),
    fault(
      `a ${level} certificate with an empty issuer`,
      'CHAIN_ISSUER',
      change(level, (draft) => {
        draft.issuer = der.name({})
      }),
    ),
    fault(`a ${level} certificate with a P-256 key`, 'CHAIN_KEY', subjectKey(level, p256)),
    fault(
      `a ${level} certificate with a point off the curve`,
      'CHAIN_KEY',
      subjectKey(level, offCurve(spkiOf(testKey(level)))),
    ),
    fault(
      `a ${level} certificate signed with SHA-256`,
      'CHAIN_ALGORITHM',
      algorithm(level, oids.ecdsaWithSha256, 'sha256'),
    ),
    fault(
      `a ${level} certificate with an unknown critical extension`,
      'CHAIN_CRITICAL_EXTENSION',
      extra(level, der.extension(unknownExtension, true, der.sequence())),
    ),
    fault(
      `a ${level} certificate with name constraints`,
      'CHAIN_NAME_CONSTRAINTS',
      extra(level, der.extension(oids.nameConstraints, true, subtree)),
    ),
  ]),

  ...(['regional', 'zonal', 'instance'] as const).flatMap((level) => [
    fault(
      `a ${level} certificate that is no CA`,
      'CHAIN_NOT_CA',
      constraints(level, der.sequence()),
    ),
    fault(
      `a ${level} certificate without basic constraints`,
      'CHAIN_NOT_CA',
      without(level, oids.basicConstraints),
    ),
    fault(
      `a ${level} certificate without key usage`,
      'CHAIN_KEY_USAGE',
      without(level, oids.keyUsage),
    ),
    fault(
      `a ${level} certificate that may sign lists alone`,
      'CHAIN_KEY_USAGE',
      usage(level, usages.listSigning),
    ),
  ]),
  fault(
    'a regional certificate with pathLen 1',
    'CHAIN_PATH_LENGTH',
    constraints('regional', authority(1)),
  ),
  fault(
    'a regional certificate with pathLen 0',
    'CHAIN_PATH_LENGTH',
    constraints('regional', authority(0)),
  ),
  fault(
    'a zonal certificate with pathLen 0',
    'CHAIN_PATH_LENGTH',
    constraints('zonal', authority(0)),
  ),

  fault('a leaf that is a CA', 'LEAF_IS_CA', constraints('leaf', authority())),
  fault('a leaf that is a CA with a pathLen', 'LEAF_IS_CA', constraints('leaf', authority(0))),
  fault(
    'a leaf with a pathLen',
    'LEAF_PATH_LENGTH',
    constraints('leaf', der.sequence(der.integer(Buffer.of(0)))),
  ),
  fault('a leaf without key usage', 'LEAF_KEY_USAGE', without('leaf', oids.keyUsage)),
  fault(
    'a leaf that may not sign documents',
    'LEAF_KEY_USAGE',
    usage('leaf', usages.nonRepudiation),
  ),
  fault(
    'a leaf that may sign certificates',
    'LEAF_KEY_CERT_SIGN',
    usage('leaf', usages.documentAndCertificateSigning),
  ),
  fault('a leaf with a compressed point', 'CHAIN_KEY', subjectKey('leaf', compressed)),
  fault(
    'a leaf with a P-521 key',
    'CHAIN_KEY',
    subjectKey('leaf', spkiOf(testKey('p521', 'P-521'))),
  ),
  fault(
    'a leaf with an RSA key',
    'CHAIN_KEY',
    subjectKey(
      'leaf',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
        type: 'spki',
        format: 'der',
      }),
    ),
  ),
  fault(
    'a leaf with the key of another enclave',
    'DOCUMENT_SIGNATURE',
    subjectKey('leaf', spkiOf(testKey('other enclave'))),
  ),
  fault(
    'a leaf signed with SHA-512',
    'CHAIN_ALGORITHM',
    algorithm('leaf', oids.ecdsaWithSha512, 'sha512'),
  ),
  fault(
    'a leaf that names two algorithms',
    'CERTIFICATE_ALGORITHMS',
    change('leaf', (draft) => {
      draft.innerAlgorithm = der.sequence(der.oid(oids.ecdsaWithSha256))
    }),
  ),
  fault(
    'a leaf of version 1',
    'CERTIFICATE_VERSION',
    change('leaf', (draft) => {
      draft.version = Buffer.alloc(0)
    }),
  ),
  fault(
    'a leaf of version 2',
    'CERTIFICATE_VERSION',
    change('leaf', (draft) => {
      draft.version = der.element(0xa0, der.integer(Buffer.of(1)))
    }),
  ),
  fault(
    'a leaf without extensions',
    'LEAF_KEY_USAGE',
    change('leaf', (draft) => draft.extensions.clear()),
  ),
  fault(
    'a leaf with key usage twice',
    'CERTIFICATE_EXTENSION',
    extra('leaf', der.extension(oids.keyUsage, true, usages.documentSigning)),
  ),
  fault(
    'a leaf that says it is not critical',
    'CERTIFICATE_EXTENSION',
    extra(
      'leaf',
      der.sequence(der.oid(unknownExtension), der.boolean(false), der.octetString(Buffer.alloc(0))),
    ),
  ),
  fault(
    'a leaf with critical extended key usage',
    'CHAIN_CRITICAL_EXTENSION',
    extra(
      'leaf',
      der.extension(oids.extendedKeyUsage, true, der.sequence(der.oid('1.3.6.1.5.5.7.3.1'))),
    ),
  ),
  fault(
    'name constraints that are not critical',
    'CHAIN_NAME_CONSTRAINTS',
    extra('zonal', der.extension(oids.nameConstraints, false, subtree)),
  ),
  fault(
    'a leaf with key usage in a longer form',
    'DER_BIT_STRING',
    usage('leaf', der.bitString(Buffer.of(0xc0), 0)),
  ),
  fault(
    'a leaf with a negative serial number',
    'DER_INTEGER',
    change('leaf', (draft) => {
      draft.serial = der.integer(Buffer.of(0x80))
    }),
  ),
  fault(
    'a leaf valid until a day that no calendar has',
    'DER_TIME',
    change('leaf', (draft) => {
      draft.notAfter = der.element(0x17, Buffer.from('490230000000Z'))
    }),
  ),
  fault(
    'a leaf with a time without seconds',
    'DER_TIME',
    change('leaf', (draft) => {
      draft.notAfter = der.element(0x17, Buffer.from('4912312359Z'))
    }),
  ),

  fault('a byte after the leaf', 'DER_TRAILING_BYTES', {
    leaf: (leaf) => Buffer.concat([leaf, Buffer.of(0)]),
  }),
  fault('a leaf cut short', 'DER_TRUNCATED', { leaf: (leaf) => leaf.subarray(0, -1) }),
  fault('a leaf of zeros, as QEMU gives it', 'DER_TAG', { leaf: () => Buffer.alloc(64) }),
  fault('a leaf of indefinite length', 'DER_LENGTH', {
    leaf: (leaf) => Buffer.concat([Buffer.of(0x30, 0x80), leaf.subarray(4), Buffer.alloc(2)]),
  }),
  fault('the instance certificate for a leaf', 'LEAF_IS_CA', {
    bundle: (bundle) => bundle.slice(0, 3),
    leaf: (_leaf, chain) => buildCertificate(chain.instance),
    message: (message, chain) => {
      message.signer = chain.instance.key
    },
  }),

  fault('a bundle that is the root alone', 'CHAIN_TOO_SHORT', {
    certificates: ({ leaf }) => {
      leaf.issuer = rootName
      leaf.signer = simulatedRootKey()
    },
    bundle: (bundle) => bundle.slice(0, 1),
  }),
  fault('a bundle without the root', 'CHAIN_ROOT_UNTRUSTED', {
    bundle: (bundle) => bundle.slice(1),
  }),
  fault('a bundle with the root at its end', 'CHAIN_ROOT_UNTRUSTED', {
    bundle: (bundle) => bundle.toReversed(),
  }),
  fault('a bundle whose issuers are out of order', 'CHAIN_ISSUER', {
    bundle: ([root, regional, zonal, instance]) => [root!, zonal!, regional!, instance!],
  }),
  fault('a bundle without the regional certificate', 'CHAIN_ISSUER', {
    bundle: (bundle) => bundle.toSpliced(1, 1),
  }),
  fault('a bundle without the instance certificate', 'CHAIN_ISSUER', {
    bundle: (bundle) => bundle.slice(0, 3),
  }),
  fault('a bundle with the root twice', 'CHAIN_DUPLICATE', {
    bundle: (bundle) => [bundle[0]!, ...bundle],
  }),
  fault('a bundle with the zonal certificate twice', 'CHAIN_DUPLICATE', {
    bundle: (bundle) => bundle.toSpliced(2, 0, bundle[2]!),
  }),
  fault('a bundle with the leaf at its end', 'CHAIN_DUPLICATE', {
    bundle: (bundle, _chain, leaf) => [...bundle, leaf],
  }),
  fault('a bundle with a byte after the root', 'DER_TRAILING_BYTES', {
    bundle: (bundle) => bundle.with(0, Buffer.concat([bundle[0]!, Buffer.of(0)])),
  }),
  fault('a bundle with a byte after an issuer', 'DER_TRAILING_BYTES', {
    bundle: (bundle) => bundle.with(2, Buffer.concat([bundle[2]!, Buffer.of(0)])),
  }),
  fault('a root of the same name with another key', 'CHAIN_ROOT_UNTRUSTED', {
    certificates: ({ regional }) => {
      regional.signer = testKey('stranger')
    },
    bundle: (bundle, { regional }) => bundle.with(0, ownRoot(regional, testKey('stranger'))),
  }),
  fault('another certificate of the same root', 'CHAIN_ROOT_UNTRUSTED', {
    bundle: (bundle, { regional }) => bundle.with(0, ownRoot(regional, simulatedRootKey())),
  }),
  fault('an authority below the instance', 'CHAIN_PATH_LENGTH', {
    certificates: ({ leaf }) => {
      leaf.issuer = middleName
      leaf.signer = testKey('middle')
    },
    bundle: (bundle, { instance }) => [
      ...bundle,
      buildCertificate({
        ...instance,
        issuer: instance.subject,
        subject: middleName,
        signer: instance.key,
        spki: spkiOf(testKey('middle')),
      }),
    ],
  }),
]
