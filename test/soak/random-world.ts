/**
 * A random world: a server whose principals, sessions, organization and VPC endpoints have random
 * policies, and the same as policy cases, one file for each of its keys.
 */
import type { KMSClient } from '@aws-sdk/client-kms'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import fc from 'fast-check'
import { mintAttestationDocument } from '../../lib/attest/mint.ts'
import type { PolicyCase } from '../../lib/cases/case.ts'
import { readCasesFile, type CasesFile } from '../../lib/cases/file.ts'
import { call } from '../support/call.ts'
import { enclave, image, otherImage } from '../support/enclaves.ts'
import { clientWith } from '../support/headers.ts'
import { startKms, type TestKms } from '../support/kms.ts'
import { arnOf } from '../support/scene.ts'
import {
  actions,
  attachments,
  endpointPolicies,
  endpoints,
  grants,
  organizations,
  principals,
  sessionPolicies,
  sessions,
  type RandomRequest,
} from './random-policies.ts'

export const keyIds = ['1', '2', '3', '4'].map(
  (digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`,
)

export interface World {
  readonly kms: TestKms
  /** Whose requests come by the endpoint, or straight. */
  client(request: Pick<RandomRequest, 'caller' | 'endpoint'>): KMSClient
  /** For each key: its cases, of which there is one for each action, document and endpoint. */
  readonly files: readonly CasesFile[]
}

/** Of an image, of another, of none, of one with zero registers, and of an instance. */
export async function mintDocuments(): Promise<Uint8Array[]> {
  const { publicKey } = await enclave()
  const given = [
    { pcrs: new Map([[0, image]]) },
    { pcrs: new Map([[0, otherImage]]) },
    { debug: true },
    { platform: 'nitro-tpm' as const, pcrs: new Map([[4, image]]) },
  ]
  return Promise.all(
    given.map((options) => mintAttestationDocument({ publicKey, ...options }, Date.now())),
  )
}

/** `isMember` says whether there is an organization at all. */
export async function buildWorld(
  seed: number,
  documents: readonly Uint8Array[],
  isMember: boolean,
): Promise<World> {
  const drawn = draw(seed, isMember)
  const kms = await startKms({
    ...drawn.around,
    principals: drawn.principals.map((one, index) => ({ ...one, ...accessKey(index) })),
    keys: keyIds.map((id) => ({ id, tags: { app: 'demo' } })),
    attestation: { maxAgeSeconds: 3600 },
  })
  const files: CasesFile[] = []
  for (const [index, KeyId] of keyIds.entries()) {
    for (const one of fc.sample(grants, { seed: seed + index, numRuns: 2 * index })) {
      await call(kms.root, 'CreateGrant', { KeyId, ...one })
    }
    files.push(await casesOf(kms, KeyId, drawn, documents))
  }
  return { kms, client: clientsOf(kms, await credentialsOf(kms, drawn)), files }
}

interface Drawn {
  readonly principals: readonly { readonly arn: string }[]
  /** The policy of each session. */
  readonly policies: readonly object[]
  /** Members that a config and a cases file have alike. */
  readonly around: object
}

function draw(seed: number, isMember: boolean): Drawn {
  const sample = <T>(of: fc.Arbitrary<T>, numRuns = 1): T[] => fc.sample(of, { seed, numRuns })
  const attached = sample(attachments, principals.length)
  const endpointsPolicies = sample(endpointPolicies, endpoints.length - 1)
  const [organization] = sample(organizations)
  return {
    principals: principals.map(({ name: _, ...principal }, index) => ({
      ...principal,
      ...(!principal.arn.endsWith(':root') && attached[index]),
    })),
    policies: sample(sessionPolicies, sessions.length),
    around: {
      ...(isMember && { organization }),
      vpcEndpoints: endpoints.map((one, index) => {
        const policy = endpointsPolicies[index]
        return { ...one, ...(policy && { policy }) }
      }),
    },
  }
}

function accessKey(index: number): Credentials {
  return { accessKeyId: `AKIARANDOM${String(index)}`, secretAccessKey: `secret-${String(index)}` }
}

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** By the names of callers; the sessions are begun. */
async function credentialsOf(
  kms: TestKms,
  { policies }: Drawn,
): Promise<ReadonlyMap<string, Credentials>> {
  const found = new Map<string, Credentials>()
  for (const [index, { name }] of principals.entries()) found.set(name, accessKey(index))
  const sts = new STSClient({
    endpoint: kms.url,
    region: 'us-east-1',
    credentials: kms.admin.config.credentials,
  })
  for (const [index, { name, role, sessionName }] of sessions.entries()) {
    const { Credentials: issued } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: principals.find((one) => one.name === role)!.arn,
        RoleSessionName: sessionName,
        Policy: JSON.stringify(policies[index]),
      }),
    )
    found.set(name, {
      accessKeyId: issued!.AccessKeyId!,
      secretAccessKey: issued!.SecretAccessKey!,
      sessionToken: issued!.SessionToken!,
    })
  }
  sts.destroy()
  return found
}

/** A client for each caller and way, made when somebody first asks for it. */
function clientsOf(kms: TestKms, credentials: ReadonlyMap<string, Credentials>): World['client'] {
  const clients = new Map<string, KMSClient>()
  return ({ caller, endpoint }) => {
    const name = `${caller} ${String(endpoint)}`
    const headers = endpoint === null ? {} : { 'X-Enclave-Kms-Vpc-Endpoint': endpoint }
    const client = clients.get(name) ?? clientWith(kms, headers, credentials.get(caller))
    clients.set(name, client)
    return client
  }
}

async function casesOf(
  kms: TestKms,
  KeyId: string,
  drawn: Drawn,
  documents: readonly Uint8Array[],
): Promise<CasesFile> {
  const { Grants = [] } = await call(kms.root, 'ListGrants', { KeyId })
  const any = { principal: 'root', action: 'kms:Decrypt', expect: 'deny' }
  const file = {
    ...drawn.around,
    policy: { Version: '2012-10-17', Statement: [] },
    key: { arn: arnOf(KeyId), tags: { app: 'demo' } },
    principals: callersOf(drawn),
    grants: Grants.map(
      ({ GrantId, GranteePrincipal, Operations, Constraints, IssuingAccount }) => ({
        GrantId,
        GranteePrincipal,
        Operations,
        IssuingAccount,
        ...(Constraints && { Constraints }),
      }),
    ),
    cases: [
      ...actions.map((action) => ({ ...any, name: action, action })),
      ...documents.map((_, index) => ({
        ...any,
        name: `document ${String(index)}`,
        attestation: { document: `${String(index)}.bin` },
      })),
      ...endpoints.map(({ id }) => ({ ...any, name: id, vpcEndpoint: id })),
    ],
  }
  return readCasesFile('random.cases.json', (path) => {
    const index = /(\d+)\.bin$/.exec(path)?.[1]
    return index === undefined ? Buffer.from(JSON.stringify(file)) : documents[Number(index)]!
  })
}

/** The `principals` of a cases file: a session is its role's, with its policy. */
function callersOf({ principals: known, policies }: Drawn): object {
  const byName = new Map<string, object>(
    principals.map(({ name }, index) => [name, known[index]!] as const),
  )
  for (const [index, { name, role, sessionName }] of sessions.entries()) {
    byName.set(name, { ...byName.get(role), sessionName, sessionPolicies: [policies[index]] })
  }
  return Object.fromEntries(byName)
}

/** The request as a case of the file; the server is one without TLS. */
export function caseOf(file: CasesFile, request: RandomRequest): PolicyCase {
  const { caller, action, encryptionContext, document, endpoint } = request
  const named = (name: string) => file.cases.find((one) => one.name === name)!
  return {
    ...named(action),
    caller: file.principals.get(caller)!,
    encryptionContext: encryptionContext ?? undefined,
    attestation: document === null ? null : named(`document ${String(document)}`).attestation,
    vpcEndpoint: endpoint === null ? undefined : named(endpoint).vpcEndpoint,
    context: { 'aws:SecureTransport': 'false' },
  }
}
