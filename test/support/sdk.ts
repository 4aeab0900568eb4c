/**
 * A client of the real AWS SDK for an endpoint of ours, and the SDK's commands by their name.
 */
import * as sdk from '@aws-sdk/client-kms'
import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms'

/** The default account of every server without a config that says otherwise. */
export const defaultAccount = '111122223333'

/**
 * A client that calls as the root user of an account, in `us-east-1`, without retries; `config`
 * says otherwise.
 */
export function kmsClient(
  endpoint: string,
  { account = defaultAccount, ...config }: KMSClientConfig & { account?: string } = {},
): KMSClient {
  return new KMSClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: account, secretAccessKey: 'not verified' },
    ...config,
  })
}

/** A command of the SDK, whichever it is. */
export type AnyCommand = sdk.DescribeKeyCommand

/** The command of an operation that is known by name only: `commandOf('Decrypt', { … })`. */
export function commandOf(operation: string, input: object): AnyCommand {
  const Command = (sdk as unknown as Record<string, new (input: object) => AnyCommand>)[
    `${operation}Command`
  ]
  if (!Command) throw new Error(`the SDK has no operation ${operation}`)
  return new Command(input)
}
