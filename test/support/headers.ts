/** A client of the real SDK whose requests have more headers than the SDK's own. */
import type { KMSClient } from '@aws-sdk/client-kms'
import type { TestKms } from './kms.ts'

export interface Who {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Calls as `who`, or as the account's root user. The headers are signed like every other. */
export function clientWith(
  kms: Pick<TestKms, 'client'>,
  headers: Readonly<Record<string, string>>,
  who?: Who,
): KMSClient {
  const client = kms.client(who && { credentials: who })
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, headers)
      return next(args)
    },
    { step: 'build', name: 'moreHeaders' },
  )
  return client
}
