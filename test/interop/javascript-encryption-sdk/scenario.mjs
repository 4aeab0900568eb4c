/**
 * The AWS Encryption SDK for JavaScript with keys of KMS: every step's outcome, as one JSON line on
 * stdout. Which steps there are, and what each has to say, is in
 * test/interop/encryption-sdk-steps.ts.
 */
import { CommitmentPolicy, KMS, KmsKeyringNode, buildClient } from '@aws-crypto/client-node'

const plaintext = Buffer.from('attack at dawn')
const context = { tenant: 'a', purpose: 'café' }
const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)

// Endpoint, Region and credentials come from the environment, in the keyrings too.
const kms = new KMS({})
const [generator, second, third] = [await createKey(), await createKey(), await createKey()]
const steps = { createKeys: { generator, second } }

const both = new KmsKeyringNode({ generatorKeyId: generator, keyIds: [second] })
const { result, messageHeader } = await encrypt(both, plaintext, { encryptionContext: context })
steps.encrypt = {
  message: result.toString('base64'),
  keys: messageHeader.encryptedDataKeys.map(({ providerInfo }) => providerInfo),
}

steps.decrypt = await opened(new KmsKeyringNode({ keyIds: [generator] }), result)

steps.decryptWithSecondKey = await opened(new KmsKeyringNode({ keyIds: [second] }), result)

steps.decryptByDiscovery = await opened(new KmsKeyringNode({ discovery: true }), result)

steps.otherKey = await refusal(() => decrypt(new KmsKeyringNode({ keyIds: [third] }), result))

// The first encrypted data key, which stands behind its key's ARN.
const damaged = Buffer.from(result)
const at = damaged.indexOf(generator) + generator.length + 100
damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at)
steps.damagedDataKey = await refusal(() =>
  decrypt(new KmsKeyringNode({ keyIds: [generator] }), damaged),
)

console.log(JSON.stringify(steps))

async function createKey() {
  const { KeyMetadata } = await kms.createKey({ Description: 'interop' })
  return KeyMetadata.Arn
}

async function opened(keyring, message) {
  const answer = await decrypt(keyring, message)
  const { tenant, purpose } = answer.messageHeader.encryptionContext
  return { plaintext: answer.plaintext.toString('base64'), context: { tenant, purpose } }
}

/** The exception of KMS that the SDK's text has, or else the text. */
async function refusal(call) {
  try {
    await call()
    return { error: 'none' }
  } catch ({ message }) {
    return { error: /\b\w+Exception\b/.exec(message)?.[0] ?? message }
  }
}
