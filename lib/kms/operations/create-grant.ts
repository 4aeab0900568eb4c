/**
 * CreateGrant: lets a principal use a key, without a change of its policy. A grant with a name that
 * is asked for again with the same parameters is answered with the one that is there, and a new token.
 */
import { randomBytes } from 'node:crypto'
import { permitsChild } from '../../iam/grant.ts'
import type { GrantRecord } from '../../store/store.ts'
import { requireThere } from '../change.ts'
import { checkGrant, newGrantToken, sameGrant, type GrantParameters } from '../grants.ts'
import { keyOperation } from '../operation.ts'
import type { Input } from '../types.ts'

export const CreateGrant = keyOperation('CreateGrant', {
  states: 'createGrant',
  conditions: grantConditions,
  // Through a grant, only a grant that allows no more than it does.
  mayAllow: (input) => (parent) => permitsChild(parent, readParameters(input)),

  async run(call, key) {
    const parameters = readParameters(call.input)
    checkGrant(key, call.input)
    call.endDryRun()
    const grant = await call.store.transact(async (writer): Promise<GrantRecord> => {
      await requireThere(writer, key)
      const existing = await writer.grants(key.record, key.id)
      const same = existing.find(
        (old) => old.name !== '' && old.name === parameters.name && sameGrant(old, parameters),
      )
      if (same) return same
      const { account, region } = key.record
      const made = {
        ...parameters,
        account,
        region,
        keyId: key.id,
        grantId: randomBytes(32).toString('hex'),
        createdMs: call.nowMs,
        issuingAccount: call.scope.account,
      }
      writer.putGrant(made)
      return made
    })
    return { GrantToken: newGrantToken(key, grant.grantId), GrantId: grant.grantId }
  },
})

function readParameters(input: Input<'CreateGrant'>): GrantParameters {
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = input.Constraints ?? {}
  const granteePrincipal = input.GranteePrincipal ?? input.GranteeServicePrincipal ?? ''
  const retiringPrincipal = input.RetiringPrincipal ?? input.RetiringServicePrincipal
  return {
    granteePrincipal,
    ...(retiringPrincipal !== undefined && { retiringPrincipal }),
    operations: [...input.Operations],
    name: input.Name ?? '',
    constraints: {
      ...(EncryptionContextEquals && { encryptionContextEquals: EncryptionContextEquals }),
      ...(EncryptionContextSubset && { encryptionContextSubset: EncryptionContextSubset }),
      ...(SourceArn !== undefined && { sourceArn: SourceArn }),
    },
  }
}

function grantConditions(input: Input<'CreateGrant'>) {
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = input.Constraints ?? {}
  return {
    encryptionContext: EncryptionContextEquals ?? EncryptionContextSubset,
    'kms:GrantConstraintSourceArn': SourceArn,
    'kms:GrantConstraintType': EncryptionContextEquals
      ? 'EncryptionContextEquals'
      : EncryptionContextSubset && 'EncryptionContextSubset',
    'kms:GrantIsForAWSResource': 'false',
    'kms:GrantOperations': input.Operations,
    'kms:GranteePrincipal': input.GranteePrincipal,
    'kms:GranteeServicePrincipal': input.GranteeServicePrincipal,
    'kms:RetiringPrincipal': input.RetiringPrincipal,
    'kms:RetiringServicePrincipal': input.RetiringServicePrincipal,
  }
}
