import assert from 'node:assert/strict'
import { decodeCbor, encodeCbor } from '../../lib/codec/cbor.ts'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import {
  decodeAttestationDocument,
  encodeAttestationDocument,
  isDebug,
  type AttestationDocument,
} from '../../lib/codec/document.ts'
import {
  corpusDocument,
  corpusRows,
  hasCorpus,
  skipNote,
  vectors,
  type Vector,
} from '../support/vectors.ts'

const zero = new Uint8Array(48)
const measured = new Uint8Array(48).fill(1)

function documentWith(members: Partial<AttestationDocument> = {}): AttestationDocument {
  return {
    platform: 'nitro-enclave',
    moduleId: 'i-1234567890abcdef0-enc1234567890abcdef',
    digest: 'SHA384',
    timestampMs: 1_893_456_000_000,
    pcrs: new Map([[0, measured]]),
    certificate: Uint8Array.of(1),
    cabundle: [Uint8Array.of(2), Uint8Array.of(3)],
    publicKey: null,
    userData: null,
    nonce: null,
    ...members,
  }
}

const registers = (count: number, value = measured) =>
  new Map(Array.from({ length: count }, (_, index) => [index, value]))

/** Node compares a Buffer and a Uint8Array of the same bytes as different. */
function plain(document: AttestationDocument): unknown {
  const { pcrs, certificate, cabundle, publicKey, userData, nonce, ...rest } = document
  return {
    ...rest,
    pcrs: [...pcrs].map(([index, value]) => [index, Buffer.from(value)]),
    certificates: [certificate, ...cabundle].map((der) => Buffer.from(der)),
    optional: [publicKey, userData, nonce].map((bytes) => bytes && Buffer.from(bytes)),
  }
}

describe('decodeAttestationDocument', () => {
  for (const { name, code, hex } of vectors('payloads.json') as Vector[]) {
    it(`refuses ${name}: ${code}`, () => {
      assert.throws(() => decodeAttestationDocument(Buffer.from(hex, 'hex')), {
        name: 'DecodeError',
        code,
      })
    })
  }

  it('names the member at fault and what was wanted', () => {
    const bytes = encodeAttestationDocument(
      documentWith({ pcrs: new Map([[7, new Uint8Array(32)]]) }),
    )
    assert.throws(() => decodeAttestationDocument(bytes), {
      code: 'DOCUMENT_PCR_LENGTH',
      message: 'pcrs[7] is not a byte string of 48 bytes',
    })
  })

  it('prints an unknown key on one line and not whole', () => {
    const payload = new Map([[`a\n${'b'.repeat(100)}`, null]])
    assert.throws(() => decodeAttestationDocument(encodeCbor(payload)), {
      code: 'DOCUMENT_UNKNOWN_KEY',
      message: `the payload has an unknown key "a\\n${'b'.repeat(62)}…"`,
    })
  })

  it('refuses a payload that is cut at any byte', () => {
    for (const indefinite of [true, false]) {
      const whole = encodeAttestationDocument(documentWith(), { indefinite })
      for (let length = 0; length < whole.length; length++) {
        assert.throws(
          () => decodeAttestationDocument(whole.subarray(0, length)),
          { code: 'CBOR_TRUNCATED' },
          `${length} bytes`,
        )
      }
    }
  })

  const accepted: Record<string, Partial<AttestationDocument>> = {
    'one register': { pcrs: registers(1) },
    '32 registers': { pcrs: registers(32) },
    'registers with gaps': {
      pcrs: new Map([
        [0, zero],
        [31, measured],
      ]),
    },
    '24 registers of a TPM': { platform: 'nitro-tpm', pcrs: registers(24) },
    'one certificate in the bundle': { cabundle: [Uint8Array.of(2)] },
    'eight certificates in the bundle': {
      cabundle: Array(8).fill(Uint8Array.of(2)) as Uint8Array[],
    },
    'certificates of 1024 bytes': {
      certificate: new Uint8Array(1024),
      cabundle: [new Uint8Array(1024), new Uint8Array(1024)],
    },
    'empty optional members': {
      publicKey: new Uint8Array(),
      userData: new Uint8Array(),
      nonce: new Uint8Array(),
    },
    'optional members of 1024 bytes': {
      publicKey: new Uint8Array(1024),
      userData: new Uint8Array(1024),
      nonce: new Uint8Array(1024),
    },
    'a timestamp of 1, in eight bytes': { timestampMs: 1 },
    'the last timestamp that a Date holds': { timestampMs: 8_640_000_000_000_000 },
    'a module_id that is not ASCII': { moduleId: 'ü' },
  }
  for (const [name, members] of Object.entries(accepted)) {
    it(`takes ${name}, in a definite map and in an indefinite one`, () => {
      const document = documentWith(members)
      for (const indefinite of [true, false]) {
        const bytes = encodeAttestationDocument(document, { indefinite })
        assert.deepEqual(plain(decodeAttestationDocument(bytes)), plain(document))
      }
    })
  }

  it('takes a timestamp in its shortest form as well', () => {
    const payload = decodeCbor(encodeAttestationDocument(documentWith()))
    assert.ok(payload instanceof Map)
    const bytes = encodeCbor(new Map([...payload, ['timestamp', 1]]))
    assert.equal(decodeAttestationDocument(bytes).timestampMs, 1)
  })

  it('takes optional members that are absent, as the CDDL of AWS has them, for null', () => {
    const payload = decodeCbor(encodeAttestationDocument(documentWith()))
    assert.ok(payload instanceof Map)
    for (const key of ['public_key', 'user_data', 'nonce']) payload.delete(key)
    const { publicKey, userData, nonce } = decodeAttestationDocument(encodeCbor(payload))
    assert.deepEqual([publicKey, userData, nonce], [null, null, null])
  })
})

describe('encodeAttestationDocument', () => {
  it('writes the keys in the order of AWS, nine in all', () => {
    const keys = (document: AttestationDocument) => {
      const payload = decodeCbor(encodeAttestationDocument(document))
      assert.ok(payload instanceof Map)
      return [...payload.keys()].join(' ')
    }
    const rest = 'certificate cabundle public_key user_data nonce'
    assert.equal(keys(documentWith()), `module_id digest timestamp pcrs ${rest}`)
    assert.equal(
      keys(documentWith({ platform: 'nitro-tpm' })),
      `module_id digest timestamp nitrotpm_pcrs ${rest}`,
    )
  })

  it('writes registers ascending', () => {
    const scrambled = documentWith({
      pcrs: new Map([
        [16, zero],
        [4, measured],
        [0, zero],
      ]),
    })
    const { pcrs } = decodeAttestationDocument(encodeAttestationDocument(scrambled))
    assert.deepEqual([...pcrs.keys()], [0, 4, 16])
  })

  it('opens with a9 or with bf, and ends an indefinite map with ff', () => {
    const definite = encodeAttestationDocument(documentWith())
    const indefinite = encodeAttestationDocument(documentWith(), { indefinite: true })
    assert.equal(definite[0], 0xa9)
    assert.equal(indefinite[0], 0xbf)
    assert.equal(indefinite.at(-1), 0xff)
    assert.deepEqual(indefinite.subarray(1, -1), definite.subarray(1))
  })

  it(`rebuilds every payload of AWS byte for byte${skipNote}`, function () {
    if (!hasCorpus) this.skip()
    const rows = corpusRows().filter(({ expected }) => expected === 'valid')
    assert.ok(rows.length >= 15)
    for (const { file, moduleId, platform, pcr0, debug } of rows) {
      const { payload } = decodeCoseSign1(corpusDocument(file))
      const document = decodeAttestationDocument(payload)
      const rebuilt = encodeAttestationDocument(document, { indefinite: payload[0] === 0xbf })
      assert.deepEqual(rebuilt, Buffer.from(payload), file)
      assert.deepEqual(
        {
          moduleId: document.moduleId,
          platform: document.platform,
          pcr0: Buffer.from(document.pcrs.get(0) ?? []).toString('hex'),
          debug: isDebug(document),
        },
        { moduleId, platform, pcr0, debug },
        file,
      )
    }
  })
})

describe('isDebug', () => {
  it('is true when PCR0, PCR1 and PCR2 are zero, whatever the others are', () => {
    const pcrs = new Map([...registers(3, zero), [3, measured], [4, measured]])
    assert.equal(isDebug(documentWith({ pcrs })), true)
  })

  it('is false when one of the three is measured or absent', () => {
    for (const index of [0, 1, 2]) {
      const measuredOne = new Map([...registers(16, zero), [index, measured]])
      assert.equal(isDebug(documentWith({ pcrs: measuredOne })), false)
      const absent = registers(16, zero)
      absent.delete(index)
      assert.equal(isDebug(documentWith({ pcrs: absent })), false)
    }
  })

  it('is never true of a NitroTPM', () => {
    assert.equal(isDebug(documentWith({ platform: 'nitro-tpm', pcrs: registers(24, zero) })), false)
  })
})
