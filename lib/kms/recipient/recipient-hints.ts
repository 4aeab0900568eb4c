/**
 * Why an attestation document was refused, in plain words, and what to do about it: one row for a
 * code or a family of codes (docs/attestation-codes.md). A hint is a guess at the cause; what was
 * decided, and by which check, the refusal says itself.
 */
import { trustAnchors } from '../../attest/roots.ts'
import type { Facts } from '../../errors.ts'

type Hint = string | ((facts: Facts) => string)

const theModule = 'the Nitro Secure Module'
const clocks = "compare its machine's clock with the server's (GET /_/clock)"
const spki = 'the DER of a SubjectPublicKeyInfo of RSA 2048, 3072 or 4096'
const unreadableCertificate =
  'a certificate of the document cannot be read: the document is damaged, or of an emulator such as QEMU, which has none to give (enclave-kms attest mints documents that can be believed)'

const codes: Readonly<Record<string, Hint>> = {
  CBOR_TRUNCATED:
    'the document ends too early: it was cut short on its way, in a buffer or a field that is too small or by a read that stopped early',
  CBOR_TRAILING_BYTES:
    'there are bytes after the end of the document: a line end, padding, or the unused rest of a buffer',
  CHAIN_ROOT_UNTRUSTED: unknownRoot,
  CHAIN_NOT_YET_VALID: outsideValidity,
  CHAIN_EXPIRED: outsideValidity,
  CHAIN_SIGNATURE:
    'a certificate of the document is not signed by the one before it: the certificates were changed, or come from different documents',
  DOCUMENT_SIGNATURE: `the document is not signed by its certificate's key: it was damaged or changed after it was signed, or somebody made it with a key of their own; send the bytes that ${theModule} gave, unchanged`,
  DOCUMENT_FROM_THE_FUTURE: ({ ageMs, futureSkewMs }) =>
    `the document is ${duration(-Number(ageMs))} ahead of the server, and futureSkewSeconds is ${inSeconds(futureSkewMs)}: ${clocks}`,
  DOCUMENT_STALE: ({ ageMs, maxAgeMs }) =>
    `the document is ${duration(Number(ageMs))} old, and maxAgeSeconds is ${inSeconds(maxAgeMs)}: ask ${theModule} for a new one shortly before the call, and ${clocks}`,
  RECIPIENT_KEY_ABSENT: `the document has no public key to encrypt the answer for: ask ${theModule} for one with public_key, ${spki} (enclave-kms attest: --generate-key or --public-key)`,
  RECIPIENT_KEY_PEM: `the document's public key is PEM text: public_key has to be ${spki}`,
  RECIPIENT_KEY_PKCS1: `the document's public key is a PKCS#1 RSAPublicKey: public_key has to be ${spki}`,
  RECIPIENT_KEY_TRAILING_BYTES:
    "there are bytes after the document's public key: a line end, padding, or the unused rest of a buffer",
}

/** By the beginning of a code. */
const families: readonly (readonly [prefix: string, hint: Hint])[] = [
  [
    'CBOR_',
    `the document is damaged, or something else was sent for it: send the bytes that ${theModule} gave, unchanged`,
  ],
  [
    'COSE_',
    `what was sent is no COSE_Sign1 message as attestation documents are, or a damaged one: send the bytes that ${theModule} gave, unchanged`,
  ],
  [
    'DOCUMENT_',
    `what the message says is not what attestation documents say: it comes from something that imitates ${theModule} otherwise than AWS has it, or it is damaged`,
  ],
  ['DER_', unreadableCertificate],
  ['CERTIFICATE_', unreadableCertificate],
  [
    'CHAIN_',
    "the document's certificates are no chain as AWS issues them, from the root down to the enclave's: it is damaged, or was put together by other means",
  ],
  [
    'LEAF_',
    "the document's own certificate is none that AWS issues for signing documents: it is damaged, or was made by other means",
  ],
  [
    'RECIPIENT_KEY_',
    `the answer cannot be encrypted for the document's public key: public_key has to be ${spki}`,
  ],
]

/** At least one text for every code; `facts` are the refusal's. */
export function recipientHints(code: string, facts: Facts): string[] {
  const hint = codes[code] ?? families.find(([prefix]) => code.startsWith(prefix))?.[1]
  const found = typeof hint === 'function' ? hint(facts) : hint
  return found === undefined ? [whereToLook(code)] : [found, whereToLook(code)]
}

/** Where a refusal by a check is explained, whichever it is. */
export function whereToLook(code: string): string {
  return `the check that failed is ${code}: docs/attestation-codes.md explains it, and enclave-kms inspect FILE goes through a document check by check`
}

/** The roots that have a name of their own in the config are told by it. */
function unknownRoot({ sha256, subject }: Facts): string {
  const known = trustAnchors(['simulated', 'aws']).find((anchor) => anchor.sha256 === sha256)
  if (known) {
    return `the document's certificates begin with the root that the config calls ${known.name}, which it does not trust: want roots: [${known.name}]`
  }
  return `the document's certificates begin with a root that the config does not trust (${printed(String(subject))}): it is neither AWS's (roots: [aws]) nor the simulated one (roots: [simulated]); one of your own has to be named, roots: [{ sha256: ${String(sha256)} }]`
}

function outsideValidity({ nowMs }: Facts): string {
  const now = new Date(Number(nowMs)).toISOString()
  return `a certificate of the document is not valid at the server's time, ${now}: the document is of another time, or the server's clock is wrong (GET /_/clock)`
}

function printed(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

function inSeconds(ms: unknown): string {
  return String(Number(ms) / 1000)
}

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** The two largest units that say something: `7 min 2 s`. */
function duration(ms: number): string {
  let left = Math.ceil(ms / 1000)
  const parts: string[] = []
  for (const [name, seconds] of units) {
    const count = Math.floor(left / seconds)
    left -= count * seconds
    if (count > 0) parts.push(`${String(count)} ${name}`)
  }
  return parts.slice(0, 2).join(' ')
}
