/**
 * Every condition key that AWS lists for an action of KMS is set by that action, and only then: each
 * pair of the list by calls over HTTP, whose decisions tell the request context.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import type { ContextValue } from '../../lib/iam/request.ts'
import type { Output } from '../../lib/kms/model/types.ts'
import { call, outcome } from '../support/call.ts'
import {
  conditionCall,
  encryptionContext,
  registerOf,
  registers,
  service,
  sourceArn,
  tag,
  validTo,
  type Variant,
} from '../support/condition-calls.ts'
import { clientWith } from '../support/headers.ts'
import { account, aliasOf, parentArn, useKms } from '../support/scene.ts'

const model = new URL('../../../shared/model/', import.meta.url)
const isThere = existsSync(new URL('actions.json', model))

interface Action {
  /** `key` and `alias`; none for an action on neither. */
  readonly res: readonly string[]
  readonly keys: readonly string[]
}

function readModel<T>(name: string): Readonly<Record<string, T>> {
  const text = isThere ? readFileSync(new URL(name, model), 'utf8') : '{}'
  return JSON.parse(text) as Readonly<Record<string, T>>
}

const actions = readModel<Action>('actions.json')
const types = readModel<string>('condition-keys.json')

/** One call, and what is known beforehand of the key that its action is on. */
interface Seen {
  readonly action: string
  readonly key: Output<'DescribeKey'>['KeyMetadata'] | null
  readonly aliases: readonly string[]
}

type Wanted = ContextValue | undefined | ((seen: Seen) => ContextValue | undefined)

/** What a condition key is in each kind of call: absent where nothing is said. */
interface Row {
  readonly bare?: Wanted
  readonly full?: Wanted
  readonly other?: Wanted
}

/** A default that is there without its parameter, and the parameter. */
function parameter(value: Wanted, usual?: Wanted): Row {
  return { full: value, other: value, bare: usual }
}

function always(value: Wanted): Row {
  return parameter(value, value)
}

/** Of a grant it is in the constraint, and the other call has another constraint. */
function ofContext(value: ContextValue): Row {
  return { full: value, other: (seen) => (isOf(seen, 'CreateGrant') ? undefined : value) }
}

function isOf(seen: Seen, ...names: string[]): boolean {
  return names.includes(seen.action)
}

/** The condition keys that AWS lists action by action. */
const rows: Readonly<Record<string, Row>> = {
  'aws:RequestTag/${TagKey}': parameter(tag.TagValue, (seen) =>
    isOf(seen, 'TagResource') ? 'b' : undefined,
  ),
  'aws:ResourceTag/${TagKey}': parameter(tag.TagValue),
  'aws:TagKeys': parameter([tag.TagKey], (seen) =>
    isOf(seen, 'TagResource', 'UntagResource') ? ['a'] : undefined,
  ),
  'kms:BypassPolicyLockoutSafetyCheck': parameter('true'),
  'kms:CallerAccount': always(account),
  'kms:DataKeyPairSpec': parameter('ECC_NIST_P384', 'ECC_NIST_P256'),
  'kms:EncryptionAlgorithm': always('SYMMETRIC_DEFAULT'),
  'kms:EncryptionContext:${EncryptionContextKey}': ofContext('a'),
  'kms:EncryptionContextKeys': ofContext(Object.keys(encryptionContext)),
  'kms:ExpirationModel': parameter('KEY_MATERIAL_EXPIRES'),
  'kms:GrantConstraintSourceArn': { other: sourceArn },
  'kms:GrantConstraintType': {
    full: (seen) =>
      isOf(seen, 'RetireGrant') ? 'EncryptionContextSubset' : 'EncryptionContextEquals',
  },
  'kms:GrantIsForAWSResource': parameter('true', 'false'),
  'kms:GrantOperations': {
    bare: ['DescribeKey'],
    full: ['Decrypt', 'DescribeKey'],
    other: ['DescribeKey'],
  },
  'kms:GranteePrincipal': { bare: parentArn, full: parentArn },
  'kms:GranteeServicePrincipal': { other: service },
  'kms:KeyAgreementAlgorithm': always('ECDH'),
  'kms:MacAlgorithm': parameter('HMAC_SHA_512', 'HMAC_SHA_256'),
  'kms:MessageType': parameter('DIGEST', 'RAW'),
  'kms:PrimaryRegion': parameter('eu-west-1', 'us-east-1'),
  'kms:ReEncryptOnSameKey': parameter('true', 'false'),
  'kms:ReplicaRegion': parameter('eu-west-1', 'eu-west-1'),
  'kms:RequestAlias': parameter(aliasOf('multiRegion')),
  'kms:RetiringPrincipal': { full: parentArn },
  'kms:RetiringServicePrincipal': { other: service },
  'kms:RotationPeriodInDays': parameter('180', '365'),
  'kms:ScheduleKeyDeletionPendingWindowInDays': parameter('14', '30'),
  'kms:SigningAlgorithm': always('ECDSA_SHA_256'),
  'kms:TrailingDaysWithoutKeyUsage': always('0'),
  'kms:ValidTo': parameter(String(validTo.getTime() / 1000)),
  'kms:ViaService': parameter('s3.us-east-1.amazonaws.com'),
  'kms:WrappingAlgorithm': parameter('RSA_AES_KEY_WRAP_SHA_256', 'RSAES_OAEP_SHA_256'),
  'kms:WrappingKeySpec': parameter('RSA_4096', 'RSA_2048'),
}

/** What CreateKey says of the key that it makes. */
const ofNewKey: Readonly<Record<string, Row>> = {
  'kms:CustomerMasterKeySpec': parameter('RSA_2048', 'SYMMETRIC_DEFAULT'),
  'kms:CustomerMasterKeyUsage': parameter('SIGN_VERIFY', 'ENCRYPT_DECRYPT'),
  'kms:KeyOrigin': parameter('EXTERNAL', 'AWS_KMS'),
  'kms:KeySpec': parameter('RSA_2048', 'SYMMETRIC_DEFAULT'),
  'kms:KeyUsage': parameter('SIGN_VERIFY', 'ENCRYPT_DECRYPT'),
  'kms:MultiRegion': parameter('true', 'false'),
  'kms:MultiRegionKeyType': parameter('PRIMARY'),
}

/**
 * The condition keys that every action on a key has, whatever AWS lists for it: "Conditions for KMS
 * key operations" in the KMS developer guide, "AWS KMS permissions".
 */
const ofKey: Readonly<Record<string, Row>> = {
  'kms:CustomerMasterKeySpec': always(({ key }) => key?.KeySpec),
  'kms:CustomerMasterKeyUsage': always(({ key }) => key?.KeyUsage),
  'kms:KeyOrigin': always(({ key }) => key?.Origin),
  'kms:KeySpec': always(({ key }) => key?.KeySpec),
  'kms:KeyUsage': always(({ key }) => key?.KeyUsage),
  'kms:MultiRegion': always(({ key }) => String(key?.MultiRegion)),
  'kms:MultiRegionKeyType': always(({ key }) => key?.MultiRegionConfiguration?.MultiRegionKeyType),
  'kms:ResourceAliases': always(({ aliases }) => (aliases.length > 0 ? aliases : undefined)),
}

const attestation = 'kms:RecipientAttestation:*'

/** The keys that stand for `kms:RecipientAttestation:*`. */
const ofAttestation: Readonly<Record<string, Row>> = {
  'kms:RecipientAttestation:ImageSha384': { full: registerOf(0).toString('hex') },
  ...registerRows('PCR', 'full'),
  ...registerRows('NitroTPMPCR', 'other'),
}

function registerRows(name: string, variant: keyof typeof registers): Record<string, Row> {
  return Object.fromEntries(
    Array.from({ length: registers[variant] }, (_, index) => [
      `kms:RecipientAttestation:${name}${String(index)}`,
      { [variant]: registerOf(index).toString('hex') },
    ]),
  )
}

/** The rows that hold for an action. */
function rowsOf(action: string): Record<string, Row> {
  const { res = [], keys = [] } = actions[action] ?? {}
  const own = action === 'CreateKey' ? ofNewKey : res.includes('key') ? ofKey : {}
  const listed = keys.filter((name) => name !== attestation && !(name in own))
  return {
    ...own,
    ...Object.fromEntries(listed.map((name) => [name, rows[name] ?? {}])),
    ...(keys.includes(attestation) && ofAttestation),
  }
}

/** The name that a key has in a request context; tags and contexts have the calls' own. */
function nameOf(key: string, variant: Variant): string {
  const tagName = variant === 'bare' ? 'a' : tag.TagKey
  return key.replace('${TagKey}', tagName).replace('${EncryptionContextKey}', 'Tenant')
}

const variants: readonly Variant[] = ['bare', 'full', 'other']

/** Any policy that asks for the aliases: nobody reads them unless one does. */
const asksForAliases = { Null: { 'kms:ResourceAliases': 'false' } }

function principal(name: string, allowed: readonly string[]) {
  const who = { accessKeyId: `AKIA${name.toUpperCase()}`, secretAccessKey: name }
  const row = {
    arn: `arn:aws:iam::${account}:role/${name}`,
    ...who,
    policies: [
      {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'kms:*Alias', Resource: 'arn:aws:kms:*:*:alias/*' },
          { Effect: 'Allow', Action: allowed, Resource: '*' },
          { Effect: 'Deny', Action: 'iam:*', Resource: '*', Condition: asksForAliases },
        ],
      },
    ],
  }
  return { who, row }
}

/** Calls are refused at the first key, so that nothing changes; and at the second one. */
const nobody = principal('nobody', ['iam:None'])
const halfway = principal('halfway', ['kms:ReEncryptFrom'])

const title = 'the condition keys of every action'
const describeAll = isThere ? describe : describe.skip
describeAll(isThere ? title : `${title} (skipped: no model of AWS's)`, () => {
  const kms = useKms(
    ['symmetric', 'other', 'hmac', 'signing', 'agreement', 'encapsulation', 'multiRegion'],
    { principals: [nobody.row, halfway.row] },
  )

  /** The request context that an action's decision keeps; null where it has no such variant. */
  async function contextOf(action: string, variant: Variant) {
    const byAlias = actions[action]?.keys.includes('kms:RequestAlias') ?? false
    const asked = await conditionCall(kms, action, variant, { byAlias })
    if (!asked) return null
    const headers = variant === 'bare' ? {} : { 'X-Enclave-Kms-Via-Service': 's3' }
    const { who } = action === 'ReEncryptTo' ? halfway : nobody
    const client = clientWith(kms, headers, who)
    const seen = { action, ...(await keyOf(asked.keyId)) }
    const { requestId, text } = await outcome(client, asked.operation, asked.input)
    const decision = await kms.control('GET', `/_/decisions/${requestId}`).catch(() => {
      throw new Error(`${action} was not decided: ${text}`)
    })
    const { requestContext, ...rest } = decision as {
      readonly action: string
      readonly requestContext: Readonly<Record<string, ContextValue>>
    }
    assert.equal(rest.action, `kms:${action}`)
    return { seen, requestContext }
  }

  async function keyOf(KeyId: string | null): Promise<Pick<Seen, 'key' | 'aliases'>> {
    if (KeyId === null) return { key: null, aliases: [] }
    const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
    const { Aliases } = await call(kms.root, 'ListAliases', { KeyId })
    return { key: KeyMetadata, aliases: Aliases!.map(({ AliasName }) => AliasName!) }
  }

  for (const action of Object.keys(actions).filter(
    (name) => name !== 'SynchronizeMultiRegionKey',
  )) {
    it(`kms:${action}`, async () => {
      const wanted = rowsOf(action)
      const present = new Set<string>()
      for (const variant of variants) {
        const known = await contextOf(action, variant)
        if (!known) continue
        const { seen, requestContext } = known
        for (const [key, row] of Object.entries(wanted)) {
          const value = row[variant]
          const want = typeof value === 'function' ? value(seen) : value
          const name = nameOf(key, variant)
          assert.deepEqual(requestContext[name], want, `${name} of the ${variant} call`)
          if (want !== undefined) present.add(key)
        }
        const names = new Set(Object.keys(wanted).map((key) => nameOf(key, variant)))
        const more = Object.keys(requestContext).filter(
          (name) => name.startsWith('kms:') && !name.startsWith('kms:EncryptionContext:'),
        )
        assert.deepEqual(
          more.filter((name) => !names.has(name)),
          [],
          `keys of the ${variant} call that AWS does not list`,
        )
      }
      const absent = Object.keys(wanted).filter((key) => !present.has(key))
      assert.deepEqual(absent, [], 'keys that no call has')
    })
  }

  it('SynchronizeMultiRegionKey, which KMS calls itself, has none', () => {
    assert.deepEqual(actions.SynchronizeMultiRegionKey?.keys, [])
  })

  it('are all of AWS’s, each with its row', () => {
    const known = [rows, ofKey, ofAttestation].flatMap((table) => Object.keys(table))
    const lower = new Set(known.map((key) => key.toLowerCase()))
    assert.deepEqual(
      Object.keys(types).filter((key) => !lower.has(key)),
      [],
    )
  })

  it('are lists where AWS has lists, and only there', async () => {
    for (const action of ['CreateGrant', 'Encrypt', 'TagResource']) {
      const known = await contextOf(action, 'full')
      for (const [name, value] of Object.entries(known?.requestContext ?? {})) {
        const type = types[name.toLowerCase()]
        if (type) assert.equal(Array.isArray(value), type === 'ArrayOfString', name)
      }
    }
  })
})
