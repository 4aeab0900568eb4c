/**
 * What the measured server holds, and what is asked of it: a role that may use two keys, one by its
 * identity policy and one by a key policy that pins an enclave's image, and that enclave.
 */
import { randomBytes } from 'node:crypto'
import { Enclave } from '../lib/enclave/enclave.ts'
import type { Endpoint } from './load.ts'
import { send } from './load.ts'
import { signedCall } from './signer.ts'

const account = '111122223333'
const roleArn = `arn:aws:iam::${account}:role/bench`
const accessKey = { accessKeyId: 'AKIABENCH00000000000', secretAccessKey: 'bench-secret' }

/** The image that the enclave runs: PCR0. */
const image = Buffer.alloc(48, 0xe1)

const appKey = '1234abcd-12ab-34cd-56ef-1234567890ab'
const pinnedKey = '0987dcba-09fe-87dc-65ba-ab0987654321'
const context = { tenant: 'bench' }

/** As the config file has it. */
export const config = {
  account,
  principals: [
    {
      arn: roleArn,
      ...accessKey,
      policies: [
        policy({
          Effect: 'Allow',
          Action: ['kms:GenerateDataKey', 'kms:Encrypt', 'kms:Decrypt'],
          Resource: keyArn(appKey),
          Condition: { StringEquals: { 'kms:EncryptionContext:tenant': 'bench' } },
        }),
        policy({ Effect: 'Allow', Action: 'kms:Encrypt', Resource: keyArn(pinnedKey) }),
      ],
    },
  ],
  keys: [
    // Without a policy of its own: KMS's default, which leaves it to the account's IAM policies.
    { id: appKey, aliases: ['alias/bench'] },
    {
      id: pinnedKey,
      policy: policy(
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          NotAction: 'kms:Decrypt',
          Resource: '*',
        },
        {
          Effect: 'Allow',
          Principal: { AWS: roleArn },
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: {
            StringEqualsIgnoreCase: {
              'kms:RecipientAttestation:ImageSha384': image.toString('hex'),
            },
          },
        },
      ),
    },
  ],
}

function keyArn(id: string): string {
  return `arn:aws:kms:us-east-1:${account}:key/${id}`
}

function policy(...statements: object[]): object {
  return { Version: '2012-10-17', Statement: statements }
}
