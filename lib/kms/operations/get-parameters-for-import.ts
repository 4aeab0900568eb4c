/**
 * GetParametersForImport: a new wrapping key, and the token that ImportKeyMaterial takes with what
 * was wrapped. Both are good for 24 hours.
 */
import { isWrappingAlgorithm, wraps, type WrappingAlgorithm } from '../../crypto/key-wrapping.ts'
import { generateMaterial } from '../../crypto/material.ts'
import type { Call } from '../call.ts'
import { requireThere } from '../change.ts'
import { dayMs } from '../clock.ts'
import { Fault } from '../faults.ts'
import { newImportSecret, sealImportToken } from '../import-token.ts'
import type { Key } from '../key.ts'
import { keyOperation } from '../operation.ts'
import { requireImported } from '../rotation.ts'
import type { Input } from '../model/types.ts'

export const GetParametersForImport = keyOperation('GetParametersForImport', {
  states: 'importParameters',

  conditions: ({ WrappingAlgorithm, WrappingKeySpec }) => ({
    'kms:WrappingAlgorithm': WrappingAlgorithm,
    'kms:WrappingKeySpec': WrappingKeySpec,
  }),

  match: (_input, key) => requireImported(key),

  async run(call, key) {
    const algorithm = readAlgorithm(call.input, key)
    const wrappingKey = await generateMaterial(call.input.WrappingKeySpec)
    const validToMs = call.nowMs + dayMs
    const secret = await importSecretOf(call, key)
    return {
      KeyId: key.arn,
      ImportToken: sealImportToken({ secret, arn: key.arn }, { algorithm, wrappingKey, validToMs }),
      PublicKey: await wrappingKey.publicKeyInfo(),
      ParametersValidTo: new Date(validToMs),
    }
  },
})

function readAlgorithm(
  { WrappingAlgorithm, WrappingKeySpec }: Input<'GetParametersForImport'>,
  key: Key,
): WrappingAlgorithm {
  const { spec, record } = key
  if (
    isWrappingAlgorithm(WrappingAlgorithm) &&
    wraps(WrappingAlgorithm, WrappingKeySpec, spec, record.region)
  ) {
    return WrappingAlgorithm
  }
  throw new Fault(
    'ValidationException',
    `Wrapping algorithm ${WrappingAlgorithm} and wrapping key spec ${WrappingKeySpec} cannot be used to import a ${spec} key.`,
  )
}

/** What the key's tokens are sealed under; its record has it from the first call on. */
async function importSecretOf(call: Call<'GetParametersForImport'>, key: Key): Promise<Uint8Array> {
  if (key.record.importSecret) return key.record.importSecret
  return call.store.transact(async (writer) => {
    const record = await requireThere(writer, key)
    const { importSecret = newImportSecret() } = record
    writer.putKey({ ...record, importSecret })
    return importSecret
  })
}
