/**
 * A server with users, roles and a provider of web identities, and clients of its STS, for tests that
 * drive the real SDK over HTTP.
 */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { STSClient, type Credentials } from '@aws-sdk/client-sts'
import { account, region, startKms, type TestKms } from '../support/kms.ts'

export { account, region }

export const otherAccount = '444455556666'

export function arn(resource: string, of = account): string {
  return `arn:aws:iam::${of}:${resource}`
}

export function policy(...statements: object[]): object {
  return { Version: '2012-10-17', Statement: statements }
}

export const allowAll = policy({ Effect: 'Allow', Action: '*', Resource: '*' })

/** A statement of a trust policy. */
export function trust(principal: unknown, more: object = {}): object {
  return { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more }
}

/** An access key that a test calls with. */
export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** A principal of the config with an access key of its name. */
export function withKey<T extends object>(name: string, principal: T): T & Keys {
  const accessKeyId = `AKIA${name.toUpperCase()}`
  return { ...principal, accessKeyId, secretAccessKey: `${name}-secret` }
}

export function keysOf(credentials: Credentials | undefined): Keys {
  return {
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
  }
}

export interface StsScene {
  readonly kms: TestKms
  as(keys: Keys): STSClient
}

/** A server for the tests of the suite that calls this. */
export function useSts(config: Readonly<Record<string, unknown>>): StsScene {
  const scene = {} as { kms: TestKms; as: StsScene['as'] }
  const clients: STSClient[] = []
  before(async () => {
    scene.kms = await startKms(config)
    scene.as = ({ accessKeyId, secretAccessKey, sessionToken }) => {
      const keys = { accessKeyId, secretAccessKey }
      const credentials = sessionToken === undefined ? keys : { ...keys, sessionToken }
      const client = new STSClient({ endpoint: scene.kms.url, region, credentials, maxAttempts: 1 })
      clients.push(client)
      return client
    }
  })
  after(async () => {
    for (const client of clients) client.destroy()
    await scene.kms.close()
  })
  return scene
}

/** For `assert.rejects`: an error of STS's, as the SDK reads it. */
export function refusal(code: string, message: string, status = 400) {
  return (error: Error & { Code?: string; $metadata: { httpStatusCode: number } }) => {
    const name = error.Code ?? error.name
    const got = [name, error.message, error.$metadata.httpStatusCode]
    if (JSON.stringify(got) === JSON.stringify([code, message, status])) return true
    throw new Error(`want ${JSON.stringify([code, message, status])}, got ${JSON.stringify(got)}`)
  }
}

/** The refusal of an action on a role, as STS words nearly every one. */
export function notAuthorized(callerArn: string, roleArn: string, action = 'sts:AssumeRole') {
  const who = `User: ${callerArn} is not authorized to perform: ${action}`
  return refusal('AccessDenied', `${who} on resource: ${roleArn}`, 403)
}

export const issuer = 'https://id.example.com/realms/ci'
export const audience = 'sts.amazonaws.com'

const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}

/** The provider of the tests, as a config has it. */
export const provider = {
  issuer,
  audience,
  jwks: {
    keys: Object.entries(pairs).map(([alg, { publicKey }]) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid: alg,
      alg,
      use: 'sig',
    })),
  },
}

/** Claims that are good at that time. */
export function claims(nowMs: number, more: object = {}): object {
  const now = Math.floor(nowMs / 1000)
  const subject = 'repo:example/app:ref:refs/heads/main'
  return { iss: issuer, aud: audience, sub: subject, iat: now, exp: now + 300, ...more }
}

/** A token of the provider's, signed with one of its keys unless another is given. */
export function token(body: object, alg: keyof typeof pairs = 'RS256', key?: KeyObject): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg, kid: alg, typ: 'JWT' })}.${encode(body)}`
  const options = { key: key ?? pairs[alg].privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${signed}.${sign('sha256', Buffer.from(signed), options).toString('base64url')}`
}
