import assert from 'node:assert/strict'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call, constraint, outcome, refused } from '../support/call.ts'
import { accountRoot, allow, policyOf, unreachableKey } from '../support/policies.ts'
import { aliasOf, keyIds, useKms } from '../support/scene.ts'

const withAliasName: readonly OperationName[] = ['CreateAlias', 'UpdateAlias', 'DeleteAlias']

describe('an alias that two calls change at once', () => {
  const kms = useKms(['symmetric', 'other'])
  const AliasName = 'alias/contended'

  it('is gone when one of them deleted it last, and never comes back', async () => {
    for (let round = 0; round < 25; round += 1) {
      await call(kms.root, 'CreateAlias', { AliasName, TargetKeyId: keyIds.symmetric })
      const update = { AliasName, TargetKeyId: keyIds.other }
      const [updated, deleted] = await Promise.all([
        outcome(kms.root, 'UpdateAlias', update),
        outcome(kms.root, 'DeleteAlias', { AliasName }),
      ])
      assert.equal(deleted.status, 200)
      assert.ok(updated.status === 200 || updated.body.__type === 'NotFoundException')
      const { Aliases = [] } = await call(kms.root, 'ListAliases', {})
      assert.ok(!Aliases.some((alias) => alias.AliasName === AliasName))
    }
  })
})

describe('alias names', () => {
  const kms = useKms(['symmetric'])
  const TargetKeyId = keyIds.symmetric

  for (const operation of withAliasName) {
    it(`begin with alias/: ${operation}`, async () => {
      for (const AliasName of ['app', 'aliases/app', 'Alias/app', 'alias']) {
        await refused(kms.root, operation, { AliasName, TargetKeyId }, [
          'ValidationException',
          'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
        ])
      }
    })

    it(`are not AWS’s own: ${operation}`, async () => {
      const input = { AliasName: 'alias/aws/s3', TargetKeyId }
      await refused(kms.root, operation, input, ['NotAuthorizedException', null])
    })

    it(`have something behind the prefix, and no colon: ${operation}`, async () => {
      for (const AliasName of ['alias/', 'alias/a:b', 'alias/:']) {
        await refused(kms.root, operation, { AliasName, TargetKeyId }, [
          'ValidationException',
          `${AliasName} contains invalid characters for an alias`,
        ])
      }
    })

    it(`have at most 256 characters: ${operation}`, async () => {
      const AliasName = `alias/${'x'.repeat(251)}`
      const words = `Value '${AliasName}' at 'aliasName' failed to satisfy constraint: Member must have length less than or equal to 256`
      await refused(kms.root, operation, { AliasName, TargetKeyId }, constraint(words))
    })
  }
})

describe('aliases and keys of other accounts', () => {
  const kms = useKms(['symmetric'])
  const accessKeyId = '444455556666'

  it('never come together, whatever the key policy allows', async () => {
    const other = kms.client({ credentials: { accessKeyId, secretAccessKey: 'any' } })
    const Policy = policyOf(allow('kms:*', '*'))
    const { KeyMetadata } = await call(other, 'CreateKey', { Policy })
    for (const [operation, AliasName] of [
      ['CreateAlias', 'alias/new'],
      ['UpdateAlias', aliasOf('symmetric')],
    ] as const) {
      const input = { AliasName, TargetKeyId: KeyMetadata?.Arn }
      const words = unreachableKey(`kms:${operation}`, accountRoot)
      await refused(kms.root, operation, input, words)
    }
  })
})
