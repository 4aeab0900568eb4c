import type { OperationName } from '../../lib/kms/types.ts'
import { constraint, refused } from '../support/call.ts'
import { keyIds, useKms } from '../support/scene.ts'

const withAliasName: readonly OperationName[] = ['CreateAlias', 'UpdateAlias', 'DeleteAlias']

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
