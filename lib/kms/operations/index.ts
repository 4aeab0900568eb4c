/**
 * The operations, one row each: what is not in this table does not exist.
 */
import type { Operation } from '../operation.ts'
import { CancelKeyDeletion } from './cancel-key-deletion.ts'
import { CreateAlias } from './create-alias.ts'
import { CreateGrant } from './create-grant.ts'
import { CreateKey } from './create-key.ts'
import { Decrypt } from './decrypt.ts'
import { DeleteAlias } from './delete-alias.ts'
import { DeriveSharedSecret } from './derive-shared-secret.ts'
import { DescribeKey } from './describe-key.ts'
import { DisableKey } from './disable-key.ts'
import { EnableKey } from './enable-key.ts'
import { Encrypt } from './encrypt.ts'
import { GenerateDataKeyPairWithoutPlaintext } from './generate-data-key-pair-without-plaintext.ts'
import { GenerateDataKeyPair } from './generate-data-key-pair.ts'
import { GenerateDataKeyWithoutPlaintext } from './generate-data-key-without-plaintext.ts'
import { GenerateDataKey } from './generate-data-key.ts'
import { GenerateMac } from './generate-mac.ts'
import { GenerateRandom } from './generate-random.ts'
import { GetKeyPolicy } from './get-key-policy.ts'
import { GetPublicKey } from './get-public-key.ts'
import { ListAliases } from './list-aliases.ts'
import { ListKeyPolicies } from './list-key-policies.ts'
import { ListKeys } from './list-keys.ts'
import { ListResourceTags } from './list-resource-tags.ts'
import { PutKeyPolicy } from './put-key-policy.ts'
import { ReEncrypt } from './re-encrypt.ts'
import { ScheduleKeyDeletion } from './schedule-key-deletion.ts'
import { Sign } from './sign.ts'
import { TagResource } from './tag-resource.ts'
import { UntagResource } from './untag-resource.ts'
import { UpdateAlias } from './update-alias.ts'
import { UpdateKeyDescription } from './update-key-description.ts'
import { VerifyMac } from './verify-mac.ts'
import { Verify } from './verify.ts'

const rows = [
  CancelKeyDeletion,
  CreateAlias,
  CreateGrant,
  CreateKey,
  Decrypt,
  DeleteAlias,
  DeriveSharedSecret,
  DescribeKey,
  DisableKey,
  EnableKey,
  Encrypt,
  GenerateDataKeyPairWithoutPlaintext,
  GenerateDataKeyPair,
  GenerateDataKeyWithoutPlaintext,
  GenerateDataKey,
  GenerateMac,
  GenerateRandom,
  GetKeyPolicy,
  GetPublicKey,
  ListAliases,
  ListKeyPolicies,
  ListKeys,
  ListResourceTags,
  PutKeyPolicy,
  ReEncrypt,
  ScheduleKeyDeletion,
  Sign,
  TagResource,
  UntagResource,
  UpdateAlias,
  UpdateKeyDescription,
  VerifyMac,
  Verify,
] as const

/** By the name that stands behind `TrentService.` */
export const operations: ReadonlyMap<string, Operation> = new Map(
  rows.map((row) => [row.name, row as unknown as Operation]),
)
