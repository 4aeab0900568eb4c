/**
 * What the measured server holds, as its config file says it: a role, a key that the role may use by
 * its own identity policy, and a key whose policy lets it decrypt for one enclave image only.
 */
import type { AccessKey } from './signer.ts'

const account = '111122223333'
const roleArn = `arn:aws:iam::${account}:role/bench`

export const roleKey: AccessKey = {
  accessKeyId: 'AKIABENCH00000000000',
  secretAccessKey: 'bench-secret',
}

export const appKeyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
export const pinnedKeyId = '0987dcba-09fe-87dc-65ba-ab0987654321'

/** In every request; the role's policy asks for it. */
export const encryptionContext = { tenant: 'bench' }

/** PCR0 of the image that the pinned key decrypts for. */
export const image = Buffer.alloc(48, 0xe1)

const rolePolicy = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'kms:ListKeys', Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Encrypt', 'kms:Decrypt'],
      Resource: `arn:aws:kms:us-east-1:${account}:key/${appKeyId}`,
      Condition: { StringEquals: { 'kms:EncryptionContext:tenant': encryptionContext.tenant } },
    },
  ],
}

const pinnedKeyPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: ['kms:DescribeKey', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'],
      Resource: '*',
    },
    { Effect: 'Allow', Principal: { AWS: roleArn }, Action: 'kms:Encrypt', Resource: '*' },
    {
      Effect: 'Allow',
      Principal: { AWS: roleArn },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: {
        StringEqualsIgnoreCase: { 'kms:RecipientAttestation:ImageSha384': image.toString('hex') },
      },
    },
  ],
}

export const config = {
  account,
  principals: [{ arn: roleArn, ...roleKey, policies: [rolePolicy] }],
  // The first key has KMS's default policy, which leaves it to the identity policies.
  keys: [{ id: appKeyId }, { id: pinnedKeyId, policy: pinnedKeyPolicy }],
}
