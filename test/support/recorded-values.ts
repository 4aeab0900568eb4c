/**
 * The values of recorded cases (corpus/recorded/README.md): variables, and the markers for what JSON
 * has no form for. Refuses a variable that is not known and a marker that is not one of the table.
 */
import {
  constants,
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'

export type Variables = ReadonlyMap<string, unknown>

interface KeyPair {
  /** PKCS#8 DER */
  readonly privateKey: Buffer
  /** SPKI DER */
  readonly publicKey: Buffer
}

type Marker = (argument: unknown) => unknown

/** What each marker makes of its argument, which comes evaluated. */
const markers: Readonly<Record<string, Marker>> = {
  $text: (text) => Buffer.from(text as string, 'utf8'),
  $hex: (hex) => Buffer.from(hex as string, 'hex'),
  $random: (length) => randomBytes(length as number),
  $repeat: (argument) => {
    const [text, count] = argument as [string, number]
    return text.repeat(count)
  },
  $concat: (parts) => Buffer.concat((parts as unknown[]).map(bytesOf)),
  $slice: (argument) => {
    const [bytes, from] = argument as [unknown, number]
    return bytesOf(bytes).subarray(from)
  },
  $keyPair: (spec) => newKeyPair(spec as string),
  $ecdh: (argument) => {
    const { privateKey, publicKey } = argument as Record<string, unknown>
    return diffieHellman({
      privateKey: createPrivateKey({ key: bytesOf(privateKey), format: 'der', type: 'pkcs8' }),
      publicKey: publicKeyOf(publicKey),
    })
  },
  $wrap: (argument) => {
    const { algorithm, publicKey, material } = argument as Record<string, unknown>
    return wrap(algorithm as string, bytesOf(publicKey), bytesOf(material))
  },
}

/** A value of a case with its variables and markers replaced; matchers stay as they are. */
export function evaluate(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return substitute(value, variables)
  if (Array.isArray(value)) return value.map((item) => evaluate(item, variables))
  if (!isPlainObject(value)) return value
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value)
  if (others.length === 0) {
    if (name === '$each') return each(argument as [number, unknown], variables)
    const marker = Object.hasOwn(markers, name) ? markers[name] : undefined
    if (marker) return marker(evaluate(argument, variables))
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      substitute(key, variables),
      evaluate(item, variables),
    ]),
  )
}

/** The member of a value at a path, `KeyMetadata.KeyId`; undefined where there is none. */
export function memberAt(value: unknown, path: string): unknown {
  let found = value
  for (const name of path.split('.')) {
    found = (found as Record<string, unknown> | null | undefined)?.[name]
  }
  return found
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  )
}

/** Alone a variable is its value, inside a longer text its text. */
function substitute(text: string, variables: Variables): unknown {
  const alone = /^\$\{([^{}]+)\}$/.exec(text)
  if (alone) return lookUp(alone[1] ?? '', variables)
  return text.replace(/\$\{([^{}]+)\}/g, (_, name: string) => String(lookUp(name, variables)))
}

function lookUp(path: string, variables: Variables): unknown {
  const [name = '', ...members] = path.split('.')
  const variable = variables.get(name)
  const value = members.length === 0 ? variable : memberAt(variable, members.join('.'))
  if (value === undefined) throw new Error(`the variable ${path} is not known`)
  return value
}

function each([count, item]: [number, unknown], variables: Variables): unknown[] {
  return Array.from({ length: count }, (_, i) => evaluate(item, new Map(variables).set('i', i)))
}

function bytesOf(value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value)
  throw new Error(`${String(value)} is not bytes`)
}

function publicKeyOf(spki: unknown) {
  return createPublicKey({ key: bytesOf(spki), format: 'der', type: 'spki' })
}

const curves: Readonly<Record<string, string>> = {
  ECC_NIST_P256: 'prime256v1',
  ECC_NIST_P384: 'secp384r1',
  ECC_NIST_P521: 'secp521r1',
  ECC_SECG_P256K1: 'secp256k1',
}

function newKeyPair(spec: string): KeyPair {
  const { privateKey, publicKey } = generate(spec)
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
  }
}

function generate(spec: string) {
  const bits = /^RSA_(2048|3072|4096)$/.exec(spec)?.[1]
  if (bits) return generateKeyPairSync('rsa', { modulusLength: Number(bits) })
  const namedCurve = curves[spec]
  if (namedCurve) return generateKeyPairSync('ec', { namedCurve })
  if (spec === 'ECC_NIST_EDWARDS25519') return generateKeyPairSync('ed25519')
  throw new Error(`no key pair of spec ${spec}`)
}

/** Key material as ImportKeyMaterial takes it. */
function wrap(algorithm: string, spki: Buffer, material: Buffer): Buffer {
  const key = publicKeyOf(spki)
  const oaep = (data: Buffer) =>
    publicEncrypt(
      {
        key,
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256',
      },
      data,
    )
  if (algorithm === 'RSAES_PKCS1_V1_5') {
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, material)
  }
  if (algorithm.startsWith('RSAES_OAEP_SHA_')) return oaep(material)
  if (algorithm.startsWith('RSA_AES_KEY_WRAP_SHA_')) {
    // RFC 5649 under a fresh AES-256 key, which RSA-OAEP carries in front.
    const wrappingKey = randomBytes(32)
    const initialValue = Buffer.from('a65959a6', 'hex')
    const cipher = createCipheriv('id-aes256-wrap-pad', wrappingKey, initialValue)
    return Buffer.concat([oaep(wrappingKey), cipher.update(material), cipher.final()])
  }
  throw new Error(`no wrapping algorithm ${algorithm}`)
}
