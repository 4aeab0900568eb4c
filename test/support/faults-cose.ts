/** Documents with one thing wrong in the COSE_Sign1 around the payload, or in its signature. */
import { fault, type Fault } from './fault.ts'
import { testKey, type Plan } from './forge.ts'
import * as cbor from './write-cbor.ts'

const protectedItem = 0
const unprotectedItem = 1
const payloadItem = 2
const signatureItem = 3

function item(index: number, replacement: Buffer): Plan {
  return { items: (items) => items.with(index, replacement) }
}

/** A protected header that is signed as it stands. */
function header(...pairs: cbor.Pair[]): Plan {
  return {
    message: (message) => {
      message.header = cbor.map(pairs)
    },
  }
}

const alg = cbor.unsigned(1)
const crit = cbor.unsigned(2)
const kid = cbor.unsigned(4)
const es384: cbor.Pair = [alg, cbor.negative(34)]

export const coseFaults: readonly Fault[] = [
  fault('no bytes', 'CBOR_TRUNCATED', { document: () => Buffer.alloc(0) }),
  fault('one byte missing at the end', 'CBOR_TRUNCATED', {
    document: (document) => document.subarray(0, -1),
  }),
  fault('a byte after the end', 'CBOR_TRAILING_BYTES', {
    document: (document) => Buffer.concat([document, Buffer.of(0)]),
  }),
  fault('two documents', 'CBOR_TRAILING_BYTES', {
    document: (document) => Buffer.concat([document, document]),
  }),
  fault('tag 17, COSE_Mac0', 'CBOR_TAG', { document: (document) => cbor.tagged(17, document) }),
  fault('tag 98, COSE_Sign', 'CBOR_TAG', { document: (document) => cbor.tagged(98, document) }),
  fault('tag 18 twice', 'CBOR_TAG', {
    document: (document) => cbor.tagged(18, cbor.tagged(18, document)),
  }),
  fault('tag 18 in a longer form', 'CBOR_NOT_SHORTEST', {
    document: (document) => Buffer.concat([cbor.head(6, 18, 2), document]),
  }),
  fault('an array of three', 'COSE_SHAPE', { items: (items) => items.slice(0, 3) }),
  fault('an array of five', 'COSE_SHAPE', { items: (items) => [...items, cbor.nil] }),
  fault('a map for the array', 'COSE_SHAPE', { document: () => cbor.map([]) }),
  fault('a byte string for the array', 'COSE_SHAPE', {
    document: (document) => cbor.bytes(document),
  }),
  fault('an array of indefinite length', 'CBOR_INDEFINITE', {
    document: (_document, items) => cbor.indefinite(4, items),
  }),
  fault('an array whose length could be shorter', 'CBOR_NOT_SHORTEST', {
    document: (document) => Buffer.concat([cbor.head(4, 4, 1), document.subarray(1)]),
  }),

  fault(
    'a protected header that is no byte string',
    'COSE_PROTECTED',
    item(protectedItem, cbor.map([es384])),
  ),
  fault('a protected header that is an array', 'COSE_PROTECTED', {
    message: (message) => {
      message.header = cbor.array([])
    },
  }),
  fault('an empty protected header', 'COSE_ALGORITHM', {
    message: (message) => {
      message.header = Buffer.alloc(0)
    },
  }),
  fault('a protected header without algorithm', 'COSE_ALGORITHM', header()),
  fault('the algorithm ES256', 'COSE_ALGORITHM', header([alg, cbor.negative(6)])),
  fault('the algorithm ES512', 'COSE_ALGORITHM', header([alg, cbor.negative(35)])),
  fault('the algorithm EdDSA', 'COSE_ALGORITHM', header([alg, cbor.negative(7)])),
  fault('the algorithm as text', 'COSE_ALGORITHM', header([alg, cbor.text('ES384')])),
  fault('the algorithm null', 'COSE_ALGORITHM', header([alg, cbor.nil])),
  fault('the algorithm in the unprotected header', 'COSE_ALGORITHM', {
    ...header(),
    ...item(unprotectedItem, cbor.map([es384])),
  }),
  fault(
    'a key id in the protected header',
    'COSE_PROTECTED',
    header(es384, [kid, cbor.bytes(Buffer.of(1))]),
  ),
  fault('crit in the protected header', 'COSE_PROTECTED', header(es384, [crit, cbor.array([alg])])),
  fault('the algorithm twice', 'CBOR_DUPLICATE_KEY', header(es384, es384)),
  fault('an algorithm in a longer form', 'CBOR_NOT_SHORTEST', header([alg, cbor.head(1, 34, 2)])),
  fault(
    'a key id in the unprotected header',
    'COSE_UNPROTECTED',
    item(unprotectedItem, cbor.map([[kid, cbor.bytes(Buffer.of(1))]])),
  ),
  fault('an unprotected header that is null', 'COSE_UNPROTECTED', item(unprotectedItem, cbor.nil)),
  fault(
    'an unprotected header that is an array',
    'COSE_UNPROTECTED',
    item(unprotectedItem, cbor.array([])),
  ),
  fault(
    'an unprotected header of indefinite length',
    'CBOR_INDEFINITE',
    item(unprotectedItem, cbor.indefinite(5, [])),
  ),

  fault('a detached payload', 'COSE_PAYLOAD', item(payloadItem, cbor.nil)),
  fault('an empty payload', 'COSE_PAYLOAD', item(payloadItem, cbor.bytes(Buffer.alloc(0)))),
  fault('a payload of 16385 bytes', 'COSE_PAYLOAD', {
    payload: () => Buffer.alloc(16_385),
  }),
  fault('more bytes than a document can have', 'COSE_TOO_LONG', {
    payload: () => Buffer.alloc(20_000),
  }),
  fault('a payload in pieces', 'CBOR_INDEFINITE', {
    items: (items) => items.with(payloadItem, cbor.indefinite(2, [items[payloadItem]!])),
  }),
  fault('a payload whose length could be shorter', 'CBOR_NOT_SHORTEST', {
    items: (items) => {
      const payload = items[payloadItem]!.subarray(3)
      return items.with(payloadItem, Buffer.concat([cbor.head(2, payload.length, 4), payload]))
    },
  }),

  fault('no signature', 'COSE_SIGNATURE', { signature: () => Buffer.alloc(0) }),
  fault('a null signature', 'COSE_SIGNATURE', item(signatureItem, cbor.nil)),
  fault('a signature of 64 zeros, as QEMU gives it', 'COSE_SIGNATURE', {
    signature: () => Buffer.alloc(64),
  }),
  fault('a signature of 95 bytes', 'COSE_SIGNATURE', {
    signature: (signature) => signature.subarray(1),
  }),
  fault('a signature in DER', 'COSE_SIGNATURE', {
    message: (message) => {
      message.dsaEncoding = 'der'
    },
  }),
  fault('a signature of 96 zeros', 'DOCUMENT_SIGNATURE', { signature: () => Buffer.alloc(96) }),
  fault('a flipped bit in the signature', 'DOCUMENT_SIGNATURE', {
    signature: (signature) => signature.with(95, signature[95]! ^ 1) as Buffer,
  }),
  fault('s before r', 'DOCUMENT_SIGNATURE', {
    signature: (signature) => Buffer.concat([signature.subarray(48), signature.subarray(0, 48)]),
  }),
  fault('a signature of another key', 'DOCUMENT_SIGNATURE', {
    message: (message) => {
      message.signer = testKey('stranger')
    },
  }),
  fault('a signature of the instance', 'DOCUMENT_SIGNATURE', {
    message: (message, chain) => {
      message.signer = chain.instance.key
    },
  }),
  fault('a signature over SHA-256', 'DOCUMENT_SIGNATURE', {
    message: (message) => {
      message.hash = 'sha256'
    },
  }),
  fault('a signature over the context Signature', 'DOCUMENT_SIGNATURE', {
    message: (message) => {
      message.context = 'Signature'
    },
  }),
  fault('a signature over external data', 'DOCUMENT_SIGNATURE', {
    message: (message) => {
      message.externalAad = Buffer.of(0)
    },
  }),
  fault('a register changed after signing', 'DOCUMENT_SIGNATURE', {
    items: (items) => {
      const payload = Buffer.from(items[payloadItem]!)
      const pcr0 = payload.indexOf(Buffer.alloc(48, 1))
      payload[pcr0]! ^= 1
      return items.with(payloadItem, payload)
    },
  }),
]
