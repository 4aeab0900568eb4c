/**
 * What the shelf "access" of CreateAlias, UpdateAlias and DeleteAlias has: IAM policies allow the
 * alias's half, the key policy or IAM policies each key's half.
 */
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call, refused } from './call.ts'
import {
  allow,
  closedPolicy,
  delegation,
  noIdentityPolicy,
  noKeyPolicy,
  policyOf,
} from './policies.ts'
import { aliasArnOf, arnOf, region, account, type TestKms } from './scene.ts'

/** A role that may do everything to aliases, and nothing to keys but what their policies say. */
export const aliasKeeper = {
  arn: `arn:aws:iam::${account}:role/alias-keeper`,
  accessKeyId: 'AKIAALIASKEEPER000',
  secretAccessKey: 'alias-keeper-secret',
  sessionName: 'ops',
  policies: [
    {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'kms:*Alias',
          Resource: `arn:aws:kms:${region}:${account}:alias/*`,
        },
      ],
    },
  ],
}
const keeperSessionArn = `arn:aws:sts::${account}:assumed-role/alias-keeper/ops`

interface Subject {
  /** A call, the name of its alias and the ids of the keys that it asks about. */
  readonly given: () => Promise<{ input: object; alias: string; keyIds: readonly string[] }>
}

export function testAliasAccess(kms: TestKms, operation: OperationName, { given }: Subject): void {
  const action = `kms:${operation}`
  const principal = keeperSessionArn

  function keeper() {
    const { accessKeyId, secretAccessKey } = aliasKeeper
    return kms.client({ credentials: { accessKeyId, secretAccessKey } })
  }

  async function setPolicies(keyIds: readonly string[], policy: string): Promise<void> {
    for (const KeyId of keyIds) await call(kms.root, 'PutKeyPolicy', { KeyId, Policy: policy })
  }

  it('refuses a role without an IAM policy for the alias, whatever the key policies say', async () => {
    const { input, alias, keyIds } = await given()
    await setPolicies(keyIds, policyOf(delegation, allow('kms:*')))
    await refused(kms.parent, operation, input, noIdentityPolicy(action, aliasArnOf(alias)))
  })

  it('refuses a role that may change the alias, and not one of the keys', async () => {
    const { input, keyIds } = await given()
    for (const closed of keyIds) {
      await setPolicies(keyIds, closedPolicy(allow(action, aliasKeeper.arn)))
      await setPolicies([closed], closedPolicy())
      await refused(keeper(), operation, input, noKeyPolicy(action, arnOf(closed), { principal }))
      await setPolicies([closed], policyOf(delegation))
      await refused(
        keeper(),
        operation,
        input,
        noIdentityPolicy(action, arnOf(closed), { principal }),
      )
    }
  })

  it('is allowed by an IAM policy for the alias and the key policies together', async () => {
    const { input, keyIds } = await given()
    await setPolicies(keyIds, closedPolicy(allow(action, aliasKeeper.arn)))
    await call(keeper(), operation, input)
  })

  it('is allowed by IAM policies alone where the key policies leave it to the account', async () => {
    await call(kms.admin, operation, (await given()).input)
  })
}
