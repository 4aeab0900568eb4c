/** Signatures for external key store proxies, made by the AWS SDK's own signer. */
import { KMSClient } from '@aws-sdk/client-kms'
import { credential } from './custom-key-stores.ts'

interface Signable {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly path: string
  readonly query: Record<string, string>
  readonly headers: Record<string, string>
  readonly body: string
}

interface Signer {
  sign(
    request: Signable,
    options: { signingDate: Date; unsignableHeaders: Set<string> },
  ): Promise<Pick<Signable, 'headers'>>
}

export interface Unsigned {
  readonly host: string
  readonly path: string
  readonly body: string
  readonly date?: Date
  readonly service?: string
  readonly secretAccessKey?: string
}

/** The headers host, x-amz-date and authorization; host and date are what is signed. */
export async function signedHeaders(request: Unsigned): Promise<Record<string, string>> {
  const { host, path, body, date = new Date(), service = 'kms-xks-proxy' } = request
  const { secretAccessKey = credential.RawSecretAccessKey } = request
  const client = new KMSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: credential.AccessKeyId, secretAccessKey },
  })
  const make = client.config.signer as unknown as (scheme: object) => Promise<Signer>
  const scheme = { name: 'sigv4', signingName: service, signingRegion: 'us-east-1', properties: {} }
  const signer = await make(scheme)
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: host,
      path,
      query: {},
      headers: { host, 'content-type': 'application/json' },
      body,
    },
    {
      signingDate: date,
      unsignableHeaders: new Set(['content-type', 'x-amz-content-sha256']),
    },
  )
  return headers
}
