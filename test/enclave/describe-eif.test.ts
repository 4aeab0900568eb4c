import assert from 'node:assert/strict'
import { describeEif } from '../../lib/enclave/describe-eif.ts'
import { prettyJson } from '../../lib/enclave/pretty-json.ts'
import { forEachImage } from '../support/eif-vectors.ts'
import { metadata, sectionType, writeEif, writeSignature } from '../support/write-eif.ts'

function described(image: Buffer): Record<string, unknown> {
  return JSON.parse(prettyJson(describeEif(image).members)) as Record<string, unknown>
}

function withMetadata(change: Record<string, unknown>): Buffer {
  return writeEif(({ sections }) => {
    sections[2]!.data = Buffer.from(JSON.stringify({ ...metadata, ...change }))
  })
}

function signed(data: Buffer): Buffer {
  return writeEif(({ sections }) => sections.push({ type: sectionType.signature, data }))
}

describe('describeEif', () => {
  forEachImage("says of AWS's image what nitro-cli says", ({ describe: expected }, bytes) => {
    const found = described(bytes)
    assert.deepEqual(found, expected)
    assert.deepEqual(Object.keys(found), Object.keys(expected))
    const { checkCrc, signatureCheck } = describeEif(bytes)
    assert.deepEqual(
      [checkCrc, signatureCheck],
      [expected.CheckCRC, expected.SignatureCheck ?? null],
    )
  })

  it("has nitro-cli's order of members", () => {
    const found = described(withMetadata({ CustomMetadata: { zone: 'a', commit: 'b' } }))
    assert.deepEqual(Object.keys(found), [
      ...['EifVersion', 'Measurements', 'IsSigned', 'CheckCRC'],
      ...['ImageName', 'ImageVersion', 'Metadata'],
    ])
    assert.deepEqual(Object.keys(found.Metadata as object), [
      ...['BuildTime', 'BuildTool', 'BuildToolVersion', 'OperatingSystem', 'KernelVersion'],
      ...['DockerInfo', 'commit', 'zone'],
    ])
  })

  it('prints the text that nitro-cli would', () => {
    const image = withMetadata({ DockerInfo: { Size: 1, Config: { Env: [] } } })
    const [before = '', after] = prettyJson(describeEif(image).members).split(/(?<=PCR2": ")\w+/)
    assert.match(
      before,
      /^\{\n {2}"EifVersion": 4,\n {2}"Measurements": \{\n {4}"HashAlgorithm": "Sha384 \{ \.\.\. \}",\n/,
    )
    assert.equal(
      after,
      `"
  },
  "IsSigned": false,
  "CheckCRC": true,
  "ImageName": "app",
  "ImageVersion": "1.0",
  "Metadata": {
    "BuildTime": "2024-01-01T00:00:00+00:00",
    "BuildTool": "nitro-cli",
    "BuildToolVersion": "1.4.2",
    "OperatingSystem": "Linux",
    "KernelVersion": "4.14.256",
    "DockerInfo": {
      "Config": {
        "Env": []
      },
      "Size": 1
    }
  }
}`,
    )
  })

  it('leaves the metadata out where an image has none', () => {
    const image = writeEif((draft) => {
      draft.version = 3
      draft.sections.splice(2, 1)
    })
    assert.deepEqual(Object.keys(described(image)), [
      ...['EifVersion', 'Measurements', 'IsSigned', 'CheckCRC'],
    ])
  })

  it('reports a wrong checksum', () => {
    const image = writeEif((draft) => (draft.crcError = 1))
    assert.equal(described(image).CheckCRC, false)
    assert.equal(describeEif(image).checkCrc, false)
  })

  it('reports the signature of another image', () => {
    const found = described(signed(writeSignature(Buffer.alloc(48))))
    assert.deepEqual([found.IsSigned, found.CheckCRC, found.SignatureCheck], [true, true, false])
    assert.ok((found.Measurements as Record<string, string>).PCR8)
  })

  it('refuses a signature that its key did not make, as nitro-cli does', () => {
    const data = writeSignature(Buffer.alloc(48), (draft) => {
      draft.signature = () => Buffer.alloc(96, 1)
    })
    assert.throws(() => describeEif(signed(data)), {
      name: 'TrustError',
      code: 'EIF_SIGNATURE_UNVERIFIED',
    })
  })

  it('refuses metadata that nitro-cli cannot read', () => {
    const image = withMetadata({ CustomMetadata: undefined })
    assert.throws(() => describeEif(image), { name: 'DecodeError', code: 'EIF_METADATA' })
  })
})
