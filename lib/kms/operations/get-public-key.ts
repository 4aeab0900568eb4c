/** GetPublicKey: the public half of an asymmetric key, as SubjectPublicKeyInfo DER. */
import type { GetPublicKeyResponse } from '@aws-sdk/client-kms'
import { Fault } from '../faults.ts'
import { algorithmLists } from '../metadata.ts'
import { keyOperation } from '../operation.ts'

export const GetPublicKey = keyOperation('GetPublicKey', {
  aliases: true,
  states: 'getPublicKey',

  async run(_call, key) {
    if (key.type !== 'asymmetric') {
      throw new Fault(
        'UnsupportedOperationException',
        `${key.arn} key spec is ${key.spec} which is not valid for GetPublicKey.`,
      )
    }
    if (!key.hasMaterial) {
      // AWS's table of states lets this pass; without material there is no public key to answer with.
      throw new Fault('KMSInvalidStateException', `${key.arn} is pending import.`)
    }
    const spec = key.spec as NonNullable<GetPublicKeyResponse['KeySpec']>
    return {
      KeyId: key.arn,
      PublicKey: await key.current.publicKeyInfo(),
      CustomerMasterKeySpec: spec as NonNullable<GetPublicKeyResponse['CustomerMasterKeySpec']>,
      KeySpec: spec,
      KeyUsage: key.usage,
      ...algorithmLists(key),
    }
  },
})
