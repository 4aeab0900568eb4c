/** The server that the clients meet, and what their programs have to know of it. */
import type { KMSClient } from '@aws-sdk/client-kms'
import { join } from 'node:path'
import { startServer } from '../../lib/index.ts'
import { root } from '../support/programs.ts'
import { defaultAccount, kmsClient } from '../support/sdk.ts'
import type { Client } from './clients.ts'

export const region = 'us-east-1'
export const keyArns = `arn:aws:kms:${region}:${defaultAccount}:key/`

const role = `arn:aws:iam::${defaultAccount}:role/interop`
export const caller = `arn:aws:sts::${defaultAccount}:assumed-role/interop/client`
const credentials = { accessKeyId: 'AKIAINTEROP000000000', secretAccessKey: 'interop-secret' }

/** PCR0 of the only image that may decrypt with the pinned key, and of another one. */
const image = 'a1'.repeat(48)
const otherImage = 'b2'.repeat(48)

const pinnedKey = '1234abcd-12ab-34cd-56ef-1234567890ab'
export const pinnedKeyArn = `${keyArns}${pinnedKey}`
const pinnedAlias = 'alias/pinned-image'

/** Every signature is verified: no client gets by as an unknown access key. */
const config = {
  auth: 'strict',
  account: defaultAccount,
  region,
  principals: [
    {
      arn: role,
      sessionName: 'client',
      ...credentials,
      policies: [policy({ Effect: 'Allow', Action: 'kms:*', Resource: '*' })],
    },
  ],
  keys: [
    {
      id: pinnedKey,
      aliases: [pinnedAlias],
      policy: policy(
        allow(['kms:Encrypt']),
        allow(['kms:Decrypt'], {
          StringEqualsIgnoreCase: { 'kms:RecipientAttestation:ImageSha384': image },
        }),
      ),
    },
  ],
}

export interface Scene {
  /** A client of the suite's own, which looks at what the others made. */
  readonly kms: KMSClient
  /** What a client's program finds in its environment. */
  variables(client: Client): Record<string, string>
  close(): Promise<void>
}

export async function openScene(): Promise<Scene> {
  const server = await startServer({ port: 0, config })
  const kms = kmsClient(server.url, { credentials })
  return {
    kms,
    variables: (client) => ({
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      INTEROP_ALIAS: aliasOf(client),
      INTEROP_PINNED_KEY: pinnedAlias,
      INTEROP_IMAGE: image,
      INTEROP_OTHER_IMAGE: otherImage,
      // For those that open an envelope with `enclave-kms open`.
      INTEROP_NODE: process.execPath,
      INTEROP_COMMAND: join(root, 'dist', 'cli', 'main.js'),
    }),
    async close() {
      kms.destroy()
      await server.close()
    },
  }
}

/** The alias that a client's program makes. */
export function aliasOf({ folder }: Client): string {
  return `alias/interop-${folder}`
}

function allow(actions: readonly string[], condition?: object): object {
  const statement = { Effect: 'Allow', Principal: { AWS: role }, Action: actions, Resource: '*' }
  return { ...statement, ...(condition && { Condition: condition }) }
}

function policy(...statements: readonly object[]): object {
  return { Version: '2012-10-17', Statement: statements }
}
