/**
 * The whole job in one process, as a test of your own would do it: a KMS, a key that one enclave
 * image may use, that image, and the reason why nobody else may.
 *
 * Run it with `npx tsx examples/javascript/attested-decrypt.ts`.
 */
import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  KMSClient,
  KMSServiceException,
} from '@aws-sdk/client-kms'
import { startServer } from 'enclave-kms'
import { Enclave, withRecipient } from 'enclave-kms/enclave'

/** PCR0: the SHA-384 that nitro-cli prints for an image. Here, of the text `example image`. */
const image =
  '377d0e1eebe8cf07dbc412054bd98c1022ce1694c2253a5e2c7e1d5180d182ea2019c5e023c469fe4c2544845832dd4c'

const server = await startServer({ port: 0 })
const kms = new KMSClient({
  endpoint: server.url,
  region: 'us-east-1',
  // An unknown access key calls as the root user of the default account.
  credentials: { accessKeyId: 'anything', secretAccessKey: 'anything' },
})

const account = { AWS: 'arn:aws:iam::111122223333:root' }
const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: account,
      Action: ['kms:DescribeKey', 'kms:Encrypt', 'kms:PutKeyPolicy'],
      Resource: '*',
    },
    {
      Effect: 'Allow',
      Principal: account,
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: {
        StringEqualsIgnoreCase: { 'kms:RecipientAttestation:ImageSha384': image },
      },
    },
  ],
}
const created = await kms.send(new CreateKeyCommand({ Policy: JSON.stringify(policy) }))
const secret = Buffer.from('attack at dawn')
const { CiphertextBlob } = await kms.send(
  new EncryptCommand({ KeyId: created.KeyMetadata?.KeyId, Plaintext: secret }),
)

// The client of code inside the enclave: its calls carry a document, its answers come back opened.
const enclave = await Enclave.start({ pcrs: { 0: image } })
const inside = withRecipient(kms, enclave)
const { Plaintext } = await inside.send(new DecryptCommand({ CiphertextBlob }))
console.log('inside:', Buffer.from(Plaintext ?? []).toString())

// The same call without a document, and why it is refused.
try {
  await kms.send(new DecryptCommand({ CiphertextBlob }))
} catch (error) {
  if (!(error instanceof KMSServiceException)) throw error
  const requestId = error.$metadata.requestId ?? ''
  const decision = await fetch(`${server.url}/_/decisions/${requestId}`)
  const { hints } = (await decision.json()) as { hints: string[] }
  console.log('outside:', error.name)
  console.log('because:', hints.join('\n'))
}

kms.destroy()
await server.close()
