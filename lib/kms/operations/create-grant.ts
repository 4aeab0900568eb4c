/**
 * CreateGrant: lets a principal use a key, without a change of its policy. A grant with a name that
 * is asked for again with the same parameters is answered with the one that is there, and a new token.
 */
import { permitsChild } from '../../iam/grant.ts'
import { requireThere } from '../change.ts'
import { encodeGrantToken } from '../grants/grant-token.ts'
import {
  allowedBy,
  checkGrant,
  constraintConditions,
  newGrant,
  sameGrant,
} from '../grants/grants.ts'
import { Key } from '../key.ts'
import { keyOperation } from '../operation.ts'
import { requireQuota } from '../quotas.ts'
import { requireState } from '../state.ts'

export const CreateGrant = keyOperation('CreateGrant', {
  states: 'createGrant',

  conditions: (input) => ({
    ...constraintConditions(allowedBy(input).constraints),
    'kms:GrantConstraintSourceArn': input.Constraints?.SourceArn,
    'kms:GrantOperations': input.Operations,
    'kms:GranteePrincipal': input.GranteePrincipal,
    'kms:GranteeServicePrincipal': input.GranteeServicePrincipal,
    'kms:RetiringPrincipal': input.RetiringPrincipal,
    'kms:RetiringServicePrincipal': input.RetiringServicePrincipal,
  }),

  // Through a grant, only a grant that allows no more than it does.
  mayAllow: (input) => {
    const child = allowedBy(input)
    return (parent) => permitsChild(parent, child)
  },

  async run(call, key) {
    checkGrant(key, call.input)
    const asked = newGrant(call, key)
    call.endDryRun()
    const { grantId } = await call.store.transact(async (writer) => {
      requireState(Key.of(await requireThere(writer, key)), 'createGrant')
      const others = asked.name === '' ? [] : await writer.grants(key.record, key.id)
      const same = others.find((other) => sameGrant(other, asked))
      if (same) return same
      await requireQuota(call, 'grantsPerKey', async () => {
        return (await writer.grants(key.record, key.id)).length
      })
      writer.putGrant(asked)
      return asked
    })
    return { GrantToken: encodeGrantToken({ keyArn: key.arn, grantId }), GrantId: grantId }
  },
})
