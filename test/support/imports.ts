/** The import of key material as a client makes it: a key without material, and what is wrapped. */
import { randomBytes } from 'node:crypto'
import type { ImportKeyMaterialRequest } from '@aws-sdk/client-kms'
import { call } from './call.ts'
import { evaluate } from './recorded-values.ts'
import type { TestKms } from './scene.ts'

type Clients = Pick<TestKms, 'root'>

const unlimited = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const

/** The id of a new key with the origin EXTERNAL; `more` is more of the CreateKey request. */
export async function newExternalKey({ root }: Clients, more: object = {}): Promise<string> {
  const { KeyMetadata } = await call(root, 'CreateKey', { Origin: 'EXTERNAL', ...more })
  return KeyMetadata!.KeyId!
}

export interface Parameters {
  readonly KeyId: string
  readonly ImportToken: Uint8Array
  readonly PublicKey: Uint8Array
}

export async function importParameters(
  { root }: Clients,
  KeyId: string,
  WrappingAlgorithm = 'RSAES_OAEP_SHA_256',
  WrappingKeySpec = 'RSA_2048',
): Promise<Parameters> {
  const input = { KeyId, WrappingAlgorithm, WrappingKeySpec }
  const { ImportToken, PublicKey, ...rest } = await call(root, 'GetParametersForImport', input)
  return { KeyId: rest.KeyId!, ImportToken: ImportToken!, PublicKey: PublicKey! }
}

export function wrapped(algorithm: string, publicKey: Uint8Array, material: Uint8Array): Buffer {
  return evaluate({ $wrap: { algorithm, publicKey, material } }, new Map()) as Buffer
}

/** A request that imports the material, for good unless `more` says otherwise. */
export async function importRequest(
  kms: Clients,
  KeyId: string,
  material: Uint8Array,
  more: Partial<ImportKeyMaterialRequest> = {},
  algorithm = 'RSAES_OAEP_SHA_256',
): Promise<ImportKeyMaterialRequest> {
  const { ImportToken, PublicKey } = await importParameters(kms, KeyId, algorithm)
  const EncryptedKeyMaterial = wrapped(algorithm, PublicKey, material)
  const expiry = more.ValidTo ? {} : unlimited
  return { KeyId, ImportToken, EncryptedKeyMaterial, ...expiry, ...more }
}

/** Imports the material, and gives its id. */
export async function imported(
  kms: Clients,
  ...request: [KeyId: string, material: Uint8Array, more?: Partial<ImportKeyMaterialRequest>]
): Promise<string> {
  const input = await importRequest(kms, ...request)
  return (await call(kms.root, 'ImportKeyMaterial', input)).KeyMaterialId ?? ''
}

/** A key with imported material, and that material. */
export async function importedKey(
  kms: Clients,
  material: Uint8Array = randomBytes(32),
): Promise<{ KeyId: string; material: Uint8Array; id: string }> {
  const KeyId = await newExternalKey(kms)
  return { KeyId, material, id: await imported(kms, KeyId, material) }
}
