import assert from 'node:assert/strict'
import { measureEif } from '../../lib/enclave/measure.ts'
import { launchPcrs } from '../../lib/enclave/measure-launch.ts'
import { forEachImage } from '../support/eif-vectors.ts'
import { sectionType, writeEif, writeSignature } from '../support/write-eif.ts'

describe('launchPcrs', () => {
  forEachImage("starts AWS's image", (_, bytes) => {
    assert.deepEqual(launchPcrs(bytes), measureEif(bytes).pcrs)
  })

  it('refuses a wrong checksum', () => {
    assert.throws(() => launchPcrs(writeEif((draft) => (draft.crcError = 1))), {
      name: 'TrustError',
      code: 'EIF_CRC',
    })
  })

  it('refuses the signature of another image, and one that nobody made', () => {
    const signedWith = (data: Buffer) =>
      writeEif(({ sections }) => sections.push({ type: sectionType.signature, data }))
    assert.throws(() => launchPcrs(signedWith(writeSignature(Buffer.alloc(48)))), {
      name: 'TrustError',
      code: 'EIF_SIGNATURE_MISMATCH',
    })
    const pcr0 = measureEif(writeEif()).pcrs.get(0)!
    const forged = writeSignature(pcr0, (draft) => (draft.signature = () => Buffer.alloc(96, 1)))
    assert.throws(() => launchPcrs(signedWith(forged)), { code: 'EIF_SIGNATURE_UNVERIFIED' })
    assert.equal(launchPcrs(signedWith(writeSignature(pcr0))).size, 4)
  })
})
