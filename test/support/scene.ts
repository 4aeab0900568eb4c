/**
 * The keys that tests of operations start from, one of each kind, and a server that has them: the
 * ids are fixed, the key policies are KMS's default one unless a test says otherwise.
 */
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { account, adminArn, parentArn, parentSessionArn, region, startKms } from './kms.ts'
import type { TestKms } from './kms.ts'

export { account, adminArn, parentArn, parentSessionArn, region, type TestKms }

const kinds = {
  symmetric: { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT' },
  other: { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT' },
  hmac: { spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' },
  signing: { spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY' },
  agreement: { spec: 'ECC_NIST_P256', usage: 'KEY_AGREEMENT' },
  edwards: { spec: 'ECC_NIST_EDWARDS25519', usage: 'SIGN_VERIFY' },
  rsa: { spec: 'RSA_2048', usage: 'ENCRYPT_DECRYPT' },
  rsaSigning: { spec: 'RSA_2048', usage: 'SIGN_VERIFY' },
  encapsulation: { spec: 'ML_KEM_512', usage: 'ENCAPSULATE_DECAPSULATE' },
  multiRegion: { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT' },
} as const

export type KeyName = keyof typeof kinds

const names = Object.keys(kinds) as KeyName[]

/** The id of a key of the scene. */
export const keyIds = Object.fromEntries(
  names.map((name, index) => [name, idOf(name, index)]),
) as Readonly<Record<KeyName, string>>

function idOf(name: KeyName, index: number): string {
  const id = `00000000-0000-4000-8000-00000000000${String(index)}`
  return name === 'multiRegion' ? `mrk-${id.replaceAll('-', '')}` : id
}

export function arnOf(keyId: string): string {
  return `arn:aws:kms:${region}:${account}:key/${keyId}`
}

/** The ARN of a key of the scene. */
export const arns = Object.fromEntries(
  names.map((name) => [name, arnOf(keyIds[name])]),
) as Readonly<Record<KeyName, string>>

/** A key of the scene has the alias of its name. */
export function aliasOf(name: KeyName): string {
  return `alias/${name}`
}

export function aliasArnOf(alias: string): string {
  return `arn:aws:kms:${region}:${account}:${alias}`
}

/** An id that no key has. */
export const nobodysKeyId = 'ffffffff-ffff-4fff-8fff-ffffffffffff'

/** One RSA key pair for all tests of a run: making one takes long. */
let rsaMaterial: Promise<string> | undefined

async function makeRsaMaterial(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
}

/** The keys of that name as a config has them. */
export async function configKeys(...wanted: KeyName[]): Promise<object[]> {
  return Promise.all(
    wanted.map(async (name) => ({
      id: keyIds[name],
      aliases: [aliasOf(name)],
      ...kinds[name],
      ...(kinds[name].spec === 'RSA_2048' && {
        material: await (rsaMaterial ??= makeRsaMaterial()),
      }),
    })),
  )
}

/**
 * A server for the tests of the suite that calls this, with those keys. What is returned is filled
 * before the first of them runs. `config` is more of the config; its `keys` come after the scene's.
 */
export function useKms(
  wanted: readonly KeyName[] = [],
  config: Readonly<Record<string, unknown>> = {},
  more: Parameters<typeof startKms>[1] = {},
): TestKms {
  const kms = {} as TestKms
  before(async () => {
    const keys = [
      ...(await configKeys(...wanted)),
      ...((config.keys as object[] | undefined) ?? []),
    ]
    Object.assign(kms, await startKms({ ...config, keys }, more))
  })
  after(() => kms.close())
  return kms
}
