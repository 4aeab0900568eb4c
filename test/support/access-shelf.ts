/**
 * What the shelf "access" of an operation on one key always has: whom AWS refuses and in which
 * words, and which two kinds of policy let a caller in.
 */
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call, refused } from './call.ts'
import {
  allow,
  closedPolicy,
  deniedByKeyPolicy,
  delegation,
  deny,
  noIdentityPolicy,
  noKeyPolicy,
  policyOf,
} from './policies.ts'
import { adminArn, arnOf, parentArn, type TestKms } from './scene.ts'

interface Subject {
  /** The key's id; a new key for each call where calls change it. */
  readonly key: () => string | Promise<string>
  /** The input of a call on the key, made before the key policy is another. */
  readonly input: (keyId: string) => object | Promise<object>
}

const adminSessionArn =
  adminArn.replace(':iam:', ':sts:').replace('role/', 'assumed-role/') + '/ops'

export function testAccess(kms: TestKms, operation: OperationName, { key, input }: Subject): void {
  const action = `kms:${operation}`

  /** A key with the policy, and a call on it. */
  async function given(policy: string): Promise<{ arn: string; request: object }> {
    const keyId = await key()
    await call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy: policyOf(delegation) })
    const request = await input(keyId)
    await call(kms.root, 'PutKeyPolicy', { KeyId: keyId, Policy: policy })
    return { arn: arnOf(keyId), request }
  }

  it('refuses a role whose identity policies do not allow it', async () => {
    const { arn, request } = await given(policyOf(delegation))
    await refused(kms.parent, operation, request, noIdentityPolicy(action, arn))
  })

  it('refuses a role that the key policy does not name', async () => {
    const { arn, request } = await given(closedPolicy(allow(action, adminArn)))
    await refused(kms.parent, operation, request, noKeyPolicy(action, arn))
  })

  it('refuses what the key policy denies, whatever else allows it', async () => {
    const { arn, request } = await given(policyOf(delegation, deny(action, adminArn)))
    const principal = adminSessionArn
    await refused(kms.admin, operation, request, deniedByKeyPolicy(action, arn, { principal }))
  })

  it('is allowed by a key policy that names the role and this action alone', async () => {
    const { request } = await given(closedPolicy(allow(action, parentArn)))
    await call(kms.parent, operation, request)
  })

  it('is allowed by an identity policy where the key policy leaves it to the account', async () => {
    const { request } = await given(policyOf(delegation))
    await call(kms.admin, operation, request)
  })
}
