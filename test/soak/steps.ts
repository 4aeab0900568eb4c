/**
 * The steps of the stateful test, one row each: how often it is taken, and what it does and expects.
 * A step takes what it needs from four numbers, so that any sequence of them can be shrunk.
 */
import assert from 'node:assert/strict'
import type { Kind, Model, ModelKey } from './model.ts'

export interface Answer {
  /** Null where the call succeeded. */
  readonly code: string | null
  readonly body: Readonly<Record<string, unknown>>
}

export interface Server {
  call(operation: string, input: object): Promise<Answer>
  advance(days: number): Promise<void>
  reset(): Promise<void>
}

/** Four numbers from 0 to 255. */
export type Dice = readonly [number, number, number, number]

type Step = (model: Model, server: Server, dice: Dice) => Promise<void>

const contexts = [{}, { tenant: 'a' }, { tenant: 'a', app: 'b' }, { tenan: 'ta' }] as const
const aliasNames = ['alias/a', 'alias/b', 'alias/c/d', 'alias/e_f', 'alias/G'] as const
const tagKeys = ['app', 'team', 'stage'] as const
const descriptions = ['', 'one', 'two'] as const
const grantee = 'arn:aws:iam::111122223333:role/enclave-parent'

function pick<T>(list: readonly T[], die: number): T {
  const item = list[die % list.length]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

async function expect(
  server: Server,
  operation: string,
  input: object,
  code: string | null,
): Promise<Answer['body']> {
  const answer = await server.call(operation, input)
  const said = `${operation} ${JSON.stringify(input)} → ${JSON.stringify(answer.body)}`
  assert.equal(answer.code, code, said)
  return answer.body
}

/** The ways to name a key: its id, its ARN, and where the operation takes it an alias. */
function nameOf(model: Model, key: ModelKey, die: number, aliases = false): string {
  const names = [key.id, key.arn]
  if (aliases) for (const [name, id] of model.aliases) if (id === key.id) names.push(name)
  return pick(names, die)
}

/** What AWS's table of key states says of cryptography. */
function cryptographic(key: ModelKey, kind: Kind): string | null {
  if (key.state === 'Disabled') return 'DisabledException'
  if (key.state === 'PendingDeletion') return 'KMSInvalidStateException'
  return key.kind === kind ? null : 'InvalidKeyUsageException'
}

function unlessPendingDeletion(key: ModelKey): string | null {
  return key.state === 'PendingDeletion' ? 'KMSInvalidStateException' : null
}

/** A step on a key; on no key at all there is nothing to do. */
function onKey(
  step: (key: ModelKey, model: Model, server: Server, dice: Dice) => Promise<void>,
): Step {
  return async (model, server, dice) => {
    const keys = [...model.keys.values()]
    if (keys.length > 0) await step(pick(keys, dice[0]), model, server, dice)
  }
}

const createKey: Step = async (model, server, [die]) => {
  if (model.keys.size >= 12) return
  const kind = pick(['symmetric', 'symmetric', 'hmac', 'signing'] as const, die)
  const input = {
    symmetric: {},
    hmac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    signing: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  }[kind]
  const { KeyMetadata } = await expect(server, 'CreateKey', input, null)
  const { KeyId, Arn } = KeyMetadata as { KeyId: string; Arn: string }
  model.add(KeyId, Arn, kind)
}

const describeKey = onKey(async (key, model, server, [, die]) => {
  const input = { KeyId: nameOf(model, key, die, true) }
  const { KeyMetadata } = await expect(server, 'DescribeKey', input, null)
  const { KeyState, Enabled, Description, Arn, DeletionDate } = KeyMetadata as Record<
    string,
    unknown
  >
  assert.deepEqual(
    { KeyState, Enabled, Description, Arn, leaves: DeletionDate !== undefined },
    {
      KeyState: key.state,
      Enabled: key.state === 'Enabled',
      Description: key.description,
      Arn: key.arn,
      leaves: key.deletedAt !== null,
    },
  )
})

const describeGone: Step = async (model, server, [die]) => {
  if (model.gone.length === 0) return
  await expect(server, 'DescribeKey', { KeyId: pick(model.gone, die) }, 'NotFoundException')
}

const enableKey = onKey(async (key, model, server, [, die]) => {
  const code = unlessPendingDeletion(key)
  await expect(server, 'EnableKey', { KeyId: nameOf(model, key, die) }, code)
  if (code === null && key.state === 'Disabled') model.enable(key)
})

const disableKey = onKey(async (key, model, server, [, die]) => {
  const code = unlessPendingDeletion(key)
  await expect(server, 'DisableKey', { KeyId: nameOf(model, key, die) }, code)
  if (code === null) key.state = 'Disabled'
})

const scheduleDeletion = onKey(async (key, model, server, [, die, days]) => {
  const code = unlessPendingDeletion(key)
  const PendingWindowInDays = 7 + (days % 24)
  const input = { KeyId: nameOf(model, key, die), PendingWindowInDays }
  await expect(server, 'ScheduleKeyDeletion', input, code)
  if (code === null) model.schedule(key, PendingWindowInDays)
})

const cancelDeletion = onKey(async (key, model, server, [, die]) => {
  const code = key.state === 'PendingDeletion' ? null : 'KMSInvalidStateException'
  await expect(server, 'CancelKeyDeletion', { KeyId: nameOf(model, key, die) }, code)
  if (code !== null) return
  key.state = 'Disabled'
  key.deletedAt = null
})

const updateDescription = onKey(async (key, model, server, [, die, text]) => {
  const code = unlessPendingDeletion(key)
  const Description = pick(descriptions, text)
  await expect(
    server,
    'UpdateKeyDescription',
    { KeyId: nameOf(model, key, die), Description },
    code,
  )
  if (code === null) key.description = Description
})

const createAlias = onKey(async (key, model, server, [, die, name]) => {
  const AliasName = pick(aliasNames, name)
  const code = unlessPendingDeletion(key)
  const taken = model.aliases.has(AliasName) ? 'AlreadyExistsException' : null
  const input = { AliasName, TargetKeyId: nameOf(model, key, die) }
  await expect(server, 'CreateAlias', input, code ?? taken)
  if (code === null && taken === null) model.aliases.set(AliasName, key.id)
})

const updateAlias = onKey(async (key, model, server, [, die, name]) => {
  const AliasName = pick(aliasNames, name)
  const from = model.keys.get(model.aliases.get(AliasName) ?? '')
  const input = { AliasName, TargetKeyId: nameOf(model, key, die) }
  const wanted = from
    ? (unlessPendingDeletion(key) ?? (from.kind === key.kind ? null : 'ValidationException'))
    : 'NotFoundException'
  const { code, body } = await server.call('UpdateAlias', input)
  // Which of two reasons is named first is nobody's promise.
  const said = `UpdateAlias ${JSON.stringify(input)} → ${JSON.stringify(body)}`
  assert.equal(code === null, wanted === null, said)
  if (code === null) model.aliases.set(AliasName, key.id)
})

const deleteAlias: Step = async (model, server, [die]) => {
  const AliasName = pick(aliasNames, die)
  const code = model.aliases.has(AliasName) ? null : 'NotFoundException'
  await expect(server, 'DeleteAlias', { AliasName }, code)
  model.aliases.delete(AliasName)
}

/** Every page of a listing. */
async function listAll(
  server: Server,
  operation: string,
  input: object,
  member: string,
  limit: number,
): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = []
  let Marker: unknown
  do {
    const page = await expect(server, operation, { ...input, Limit: limit, Marker }, null)
    const items = page[member] as Record<string, unknown>[]
    assert.ok(items.length <= limit)
    all.push(...items)
    Marker = page.NextMarker
    assert.equal(page.Truncated, Marker !== undefined)
  } while (Marker !== undefined)
  return all
}

const listAliases: Step = async (model, server, [limit]) => {
  const all = await listAll(server, 'ListAliases', {}, 'Aliases', 1 + (limit % 5))
  const own = all.filter(({ AliasName }) => !String(AliasName).startsWith('alias/aws/'))
  assert.deepEqual(
    new Map(own.map(({ AliasName, TargetKeyId }) => [AliasName, TargetKeyId])),
    new Map([...model.aliases].sort()),
  )
}

const listKeys: Step = async (model, server, [limit]) => {
  const all = await listAll(server, 'ListKeys', {}, 'Keys', 1 + (limit % 7))
  assert.deepEqual(all.map(({ KeyId }) => KeyId).sort(), [...model.keys.keys()].sort())
}

const encrypt = onKey(async (key, model, server, [, die, about, byte]) => {
  const context = pick(contexts, about)
  const plaintext = Buffer.alloc(1 + byte, byte).toString('base64')
  const code = cryptographic(key, 'symmetric')
  const input = {
    KeyId: nameOf(model, key, die, true),
    Plaintext: plaintext,
    ...(key.kind === 'symmetric' && { EncryptionContext: context }),
  }
  const body = await expect(server, 'Encrypt', input, code)
  if (code !== null) return
  key.lastUse = 'Encrypt'
  model.sealed.push({ keyId: key.id, blob: body.CiphertextBlob as string, plaintext, context })
})

const generateDataKey = onKey(async (key, model, server, [, die, about]) => {
  const context = pick(contexts, about)
  const code = cryptographic(key, 'symmetric')
  const input = {
    KeyId: nameOf(model, key, die, true),
    KeySpec: 'AES_256',
    EncryptionContext: context,
  }
  const body = await expect(server, 'GenerateDataKey', input, code)
  if (code !== null) return
  key.lastUse = 'GenerateDataKey'
  const { CiphertextBlob: blob, Plaintext: plaintext } = body as Record<string, string>
  model.sealed.push({ keyId: key.id, blob: blob ?? '', plaintext: plaintext ?? '', context })
})

/** What opens a ciphertext: its key, in a state to do it, and the same context. */
function opens(model: Model, keyId: string, isContext: boolean): string | null {
  const key = model.keys.get(keyId)
  if (!key) return 'AccessDeniedException'
  return cryptographic(key, 'symmetric') ?? (isContext ? null : 'InvalidCiphertextException')
}

const decrypt: Step = async (model, server, [die, about, named]) => {
  if (model.sealed.length === 0) return
  const { keyId, blob, plaintext, context } = pick(model.sealed, die)
  const given = about % 3 === 0 ? pick(contexts, about) : context
  const key = model.keys.get(keyId)
  const input = {
    CiphertextBlob: blob,
    EncryptionContext: given,
    ...(key && named % 2 === 0 && { KeyId: nameOf(model, key, named >> 1, true) }),
  }
  const isContext = JSON.stringify(given) === JSON.stringify(context)
  const code = opens(model, keyId, isContext)
  const body = await expect(server, 'Decrypt', input, code)
  if (code !== null) return
  if (key) key.lastUse = 'Decrypt'
  assert.equal(body.Plaintext, plaintext)
  assert.equal(body.KeyId, key?.arn)
}

const decryptUnderAnother = onKey(async (key, model, server, [, die, which]) => {
  const others = model.sealed.filter(({ keyId }) => keyId !== key.id && model.keys.has(keyId))
  if (others.length === 0) return
  const { blob, context } = pick(others, which)
  const input = { KeyId: nameOf(model, key, die), CiphertextBlob: blob, EncryptionContext: context }
  await expect(server, 'Decrypt', input, 'IncorrectKeyException')
})

const reEncrypt = onKey(async (key, model, server, [, die, which, about]) => {
  if (model.sealed.length === 0) return
  const { keyId, blob, plaintext, context } = pick(model.sealed, which)
  const wanted = pick(contexts, about)
  const code = opens(model, keyId, true) ?? cryptographic(key, 'symmetric')
  const input = {
    CiphertextBlob: blob,
    SourceEncryptionContext: context,
    DestinationKeyId: nameOf(model, key, die, true),
    DestinationEncryptionContext: wanted,
  }
  const body = await expect(server, 'ReEncrypt', input, code)
  if (code !== null) return
  for (const used of [key, model.keys.get(keyId)]) if (used) used.lastUse = 'ReEncrypt'
  const again = body.CiphertextBlob as string
  model.sealed.push({ keyId: key.id, blob: again, plaintext, context: wanted })
})

const proofOperations = {
  signing: {
    make: 'Sign',
    check: 'Verify',
    member: 'Signature',
    how: { SigningAlgorithm: 'ECDSA_SHA_256' },
    wrong: 'KMSInvalidSignatureException',
  },
  hmac: {
    make: 'GenerateMac',
    check: 'VerifyMac',
    member: 'Mac',
    how: { MacAlgorithm: 'HMAC_SHA_256' },
    wrong: 'KMSInvalidMacException',
  },
} as const

const makeProof = onKey(async (key, model, server, [, die, byte, kindDie]) => {
  const kind = pick(['signing', 'hmac'] as const, kindDie)
  const { make, member, how } = proofOperations[kind]
  const message = Buffer.of(byte).toString('base64')
  const code = cryptographic(key, kind)
  const input = { KeyId: nameOf(model, key, die, true), Message: message, ...how }
  const body = await expect(server, make, input, code)
  if (code !== null) return
  key.lastUse = make
  model.proofs.push({ keyId: key.id, kind, value: body[member] as string, message })
})

const checkProof: Step = async (model, server, [die, change, named]) => {
  const proofs = model.proofs.filter(({ keyId }) => model.keys.has(keyId))
  if (proofs.length === 0) return
  const { keyId, kind, value, message } = pick(proofs, die)
  if (kind === 'symmetric') return
  const key = model.keys.get(keyId)
  if (!key) return
  const { check, member, how, wrong } = proofOperations[kind]
  const isChanged = change % 3 === 0
  const code = cryptographic(key, kind) ?? (isChanged ? wrong : null)
  const Message = isChanged ? Buffer.of(1, 2, 3).toString('base64') : message
  const input = { KeyId: nameOf(model, key, named, true), Message, [member]: value, ...how }
  await expect(server, check, input, code)
  if (code === null) key.lastUse = check
}

const tag = onKey(async (key, model, server, [, die, name, value]) => {
  const code = unlessPendingDeletion(key)
  const TagKey = pick(tagKeys, name)
  const Tags = [{ TagKey, TagValue: String(value) }]
  await expect(server, 'TagResource', { KeyId: nameOf(model, key, die), Tags }, code)
  if (code === null) key.tags.set(TagKey, String(value))
})

const untag = onKey(async (key, model, server, [, die, name]) => {
  const code = unlessPendingDeletion(key)
  const TagKey = pick(tagKeys, name)
  const input = { KeyId: nameOf(model, key, die), TagKeys: [TagKey] }
  await expect(server, 'UntagResource', input, code)
  if (code === null) key.tags.delete(TagKey)
})

const listTags = onKey(async (key, model, server, [, die, limit]) => {
  const KeyId = nameOf(model, key, die)
  const all = await listAll(server, 'ListResourceTags', { KeyId }, 'Tags', 1 + (limit % 3))
  assert.deepEqual(
    all.map(({ TagKey, TagValue }) => [TagKey, TagValue]),
    [...key.tags].sort(),
  )
})

/** The operations of grants that fit every kind of key here. */
const grantable = [['DescribeKey'], ['DescribeKey', 'CreateGrant'], ['RetireGrant']] as const

const createGrant = onKey(async (key, model, server, [, die, named, which]) => {
  const code = cryptographic(key, key.kind)
  const name = pick(['', 'one', 'two'], named)
  const operations = pick(grantable, which)
  const input = {
    KeyId: nameOf(model, key, die),
    GranteePrincipal: grantee,
    Operations: operations,
    ...(name !== '' && { Name: name }),
  }
  const body = await expect(server, 'CreateGrant', input, code)
  if (code !== null) return
  const { GrantId: id, GrantToken: token } = body as { GrantId: string; GrantToken: string }
  // The same request under the same name is the same grant.
  const same = key.grants.find(
    (grant) => name !== '' && grant.name === name && grant.operations === operations,
  )
  if (same) assert.equal(id, same.id)
  else {
    assert.ok(key.grants.every((grant) => grant.id !== id))
    key.grants.push({ id, token, name, operations })
  }
})

const listGrants = onKey(async (key, model, server, [, die, limit]) => {
  const KeyId = nameOf(model, key, die)
  const all = await listAll(server, 'ListGrants', { KeyId }, 'Grants', 1 + (limit % 4))
  const listed = all.map(({ GrantId, Name }) => [GrantId, Name ?? ''])
  assert.deepEqual(listed.sort(), key.grants.map(({ id, name }) => [id, name]).sort())
})

const endGrant = onKey(async (key, model, server, [, die, which, how]) => {
  if (key.grants.length === 0) return
  const grant = pick(key.grants, which)
  const byId = { KeyId: key.arn, GrantId: grant.id }
  if (how % 3 === 0) {
    await expect(server, 'RevokeGrant', { ...byId, KeyId: nameOf(model, key, die) }, null)
  } else {
    const input = how % 3 === 1 ? byId : { GrantToken: grant.token }
    await expect(server, 'RetireGrant', input, null)
  }
  key.grants = key.grants.filter((one) => one !== grant)
})

function rotatable(key: ModelKey): string | null {
  if (key.state === 'Disabled') return 'DisabledException'
  if (key.state === 'PendingDeletion') return 'KMSInvalidStateException'
  return null
}

const rotateOnDemand = onKey(async (key, model, server, [, die]) => {
  if (key.kind !== 'symmetric') return
  const code = rotatable(key) ?? (key.onDemand >= 25 ? 'LimitExceededException' : null)
  await expect(server, 'RotateKeyOnDemand', { KeyId: nameOf(model, key, die) }, code)
  if (code === null) key.onDemand += 1
})

const switchRotation = onKey(async (key, model, server, [, die, on, days]) => {
  const isSymmetric = key.kind === 'symmetric'
  const KeyId = nameOf(model, key, die)
  const RotationPeriodInDays = pick([90, 100, 365, 0], days) || undefined
  if (on % 2 === 0) {
    const code = isSymmetric ? rotatable(key) : 'UnsupportedOperationException'
    await expect(server, 'EnableKeyRotation', { KeyId, RotationPeriodInDays }, code)
    if (code === null) model.rotateEvery(key, RotationPeriodInDays)
  } else {
    // Of a key that is never rotated it does nothing.
    const code = rotatable(key)
    await expect(server, 'DisableKeyRotation', { KeyId }, code)
    if (code === null) key.rotation = null
  }
})

const rotationStatus = onKey(async (key, model, server, [, die, limit]) => {
  if (key.kind !== 'symmetric') return
  const KeyId = nameOf(model, key, die)
  const status = await expect(server, 'GetKeyRotationStatus', { KeyId }, null)
  const rotation = key.state === 'PendingDeletion' ? null : key.rotation
  assert.equal(status.KeyRotationEnabled, rotation !== null)
  assert.equal(status.RotationPeriodInDays, rotation?.days)
  const input = { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }
  const all = await listAll(server, 'ListKeyRotations', input, 'Rotations', 1 + (limit % 9))
  const types = all.map(({ RotationType }) => RotationType)
  assert.equal(types.filter((type) => type === 'ON_DEMAND').length, key.onDemand)
  assert.equal(types.filter((type) => type === 'AUTOMATIC').length, key.automatic)
  assert.equal(all.length, 1 + key.onDemand + key.automatic)
})

const lastUse = onKey(async (key, model, server, [, die]) => {
  const input = { KeyId: nameOf(model, key, die) }
  const { KeyLastUsage } = await expect(server, 'GetKeyLastUsage', input, null)
  const { Operation } = KeyLastUsage as { Operation?: string }
  assert.equal(Operation ?? null, key.lastUse)
})

const advance: Step = async (model, server, [days]) => {
  await server.advance(1 + (days % 40))
  model.advance(1 + (days % 40))
}

const reset: Step = async (model, server, [die]) => {
  if (die % 8 !== 0) return
  await server.reset()
  model.clear()
}

/** Each step with its weight. */
export const steps: Readonly<Record<string, readonly [weight: number, step: Step]>> = {
  createKey: [6, createKey],
  describeKey: [4, describeKey],
  describeGone: [1, describeGone],
  enableKey: [5, enableKey],
  disableKey: [2, disableKey],
  scheduleDeletion: [2, scheduleDeletion],
  cancelDeletion: [3, cancelDeletion],
  updateDescription: [2, updateDescription],
  createAlias: [4, createAlias],
  updateAlias: [2, updateAlias],
  deleteAlias: [2, deleteAlias],
  listAliases: [1, listAliases],
  listKeys: [1, listKeys],
  encrypt: [6, encrypt],
  generateDataKey: [3, generateDataKey],
  decrypt: [8, decrypt],
  decryptUnderAnother: [2, decryptUnderAnother],
  reEncrypt: [4, reEncrypt],
  makeProof: [5, makeProof],
  checkProof: [4, checkProof],
  tag: [3, tag],
  untag: [1, untag],
  listTags: [2, listTags],
  createGrant: [4, createGrant],
  listGrants: [2, listGrants],
  endGrant: [3, endGrant],
  rotateOnDemand: [3, rotateOnDemand],
  switchRotation: [3, switchRotation],
  rotationStatus: [3, rotationStatus],
  lastUse: [2, lastUse],
  advance: [3, advance],
  reset: [1, reset],
}
