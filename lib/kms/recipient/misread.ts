/**
 * Bytes that a client took for its attestation document: text, where a document begins with a CBOR
 * array or tag. Each row is one mistake that clients make with bytes; whether the rest of them is a
 * document is not asked here.
 */

/** What was sent in place of a document. */
export interface Misreading {
  /** Stands behind the refusal's text. */
  readonly says: string
  /** What to do about it, in one line. */
  readonly hint: string
}

interface Row extends Misreading {
  /** Of the first bytes, one character each. */
  readonly pattern: RegExp
}

const rows: readonly Row[] = [
  {
    // 84 44 a1 and d2 84 44, as COSE_Sign1 begins without and with its tag.
    pattern: /^(?:hE|0oR)[A-Za-z0-9+/]+/,
    says: ' (it is base64 text: encoded once too often)',
    hint: 'AttestationDocument was sent as base64 text, encoded once too often: SDKs and the AWS CLI encode bytes themselves, so give them the decoded document',
  },
  {
    pattern: /^[\x20-\x7e]+$/,
    says: ' (it is text, not a document)',
    hint: "AttestationDocument was sent as text, where a document's bytes are wanted: with the AWS CLI, AttestationDocument@=fileb://FILE sends the file, and without the @ its name",
  },
]

/** How many bytes tell text from a document. */
const beginningBytes = 64

/** The mistake that these bytes show; undefined where they are not text. */
export function misread(document: Uint8Array): Misreading | undefined {
  const beginning = Buffer.from(document.subarray(0, beginningBytes)).toString('latin1')
  return rows.find(({ pattern }) => pattern.test(beginning))
}
