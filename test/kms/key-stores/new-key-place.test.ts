import assert from 'node:assert/strict'
import type { RunningXksProxy } from '../../../lib/http/xks-proxy.ts'
import { call, refused, type Refusal } from '../../support/call.ts'
import {
  clusterInput,
  connect,
  connectedCluster,
  create,
  createKey,
  describeOne,
  disabledId,
  encryptOnlyId,
  newClusterId,
  patient,
  proxyInput,
  startProxy,
  startScripted,
  type ScriptedProxy,
} from '../../support/custom-key-stores.ts'
import { useKms } from '../../support/scene.ts'

const name = 'CreateKey'
const invalid = (text: string): Refusal => ['ValidationException', text]

describe('CreateKey in a custom key store', () => {
  const kms = useKms([], {}, patient)
  let proxy: RunningXksProxy
  let scripted: ScriptedProxy
  let cluster: string
  let external: string
  let other: string
  before(async () => {
    proxy = await startProxy()
    scripted = await startScripted()
    cluster = await connectedCluster(kms)
    external = await create(kms, proxyInput(proxy.url))
    other = await create(kms, proxyInput(scripted.url))
    for (const id of [external, other]) await connect(kms, id)
  })
  after(async () => {
    await proxy.close()
    await scripted.close()
  })

  const inCluster = (more: object = {}) => ({
    CustomKeyStoreId: cluster,
    Origin: 'AWS_CLOUDHSM',
    ...more,
  })
  const inExternal = (XksKeyId: string, CustomKeyStoreId = external) => ({
    CustomKeyStoreId,
    Origin: 'EXTERNAL_KEY_STORE',
    XksKeyId,
  })

  it('wants the parameters that belong to the origin, and no other', async () => {
    for (const [input, words] of [
      [
        { Origin: 'AWS_CLOUDHSM' },
        'CustomKeyStoreId is required for a KMS key with origin AWS_CLOUDHSM.',
      ],
      [
        { CustomKeyStoreId: cluster },
        'CustomKeyStoreId is not valid for a KMS key with origin AWS_KMS.',
      ],
      [
        inCluster({ XksKeyId: 'x' }),
        'XksKeyId is not valid for a KMS key with origin AWS_CLOUDHSM.',
      ],
      [{ XksKeyId: 'x' }, 'XksKeyId is not valid for a KMS key with origin AWS_KMS.'],
      [
        { ...inExternal('x'), XksKeyId: undefined },
        'XksKeyId is required for a KMS key with origin EXTERNAL_KEY_STORE.',
      ],
      [
        inCluster({ CustomKeyStoreId: external }),
        'Origin AWS_CLOUDHSM is not valid for a custom key store of EXTERNAL_KEY_STORE.',
      ],
      [
        inExternal('key-1', cluster),
        'Origin EXTERNAL_KEY_STORE is not valid for a custom key store of AWS_CLOUDHSM.',
      ],
    ] as const) {
      await refused(kms.root, name, input, invalid(words))
    }
  })

  it('makes symmetric encryption keys of one Region alone', async () => {
    for (const more of [
      { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
      { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
      { MultiRegion: true },
    ]) {
      await refused(kms.root, name, inCluster(more), [
        'UnsupportedOperationException',
        'A custom key store has symmetric encryption KMS keys of a single Region only.',
      ])
    }
  })

  it('refuses a key store that there is not, and one that is not connected', async () => {
    const CustomKeyStoreId = 'cks-00000000000000000'
    await refused(kms.root, name, inCluster({ CustomKeyStoreId }), [
      'CustomKeyStoreNotFoundException',
      `The custom key store ${CustomKeyStoreId} was not found.`,
    ])
    const idle = await create(kms, clusterInput())
    await refused(kms.root, name, inCluster({ CustomKeyStoreId: idle }), [
      'CustomKeyStoreInvalidStateException',
      `The custom key store ${idle} is DISCONNECTED: this needs CONNECTED.`,
    ])
  })

  it('refuses a cluster that has too few HSMs for a key', async () => {
    const CloudHsmClusterId = newClusterId('oneHsm')
    const CustomKeyStoreId = await connectedCluster(kms, { CloudHsmClusterId })
    await refused(kms.root, name, inCluster({ CustomKeyStoreId }), [
      'CloudHsmClusterInvalidConfigurationException',
      'The CloudHSM cluster does not meet the configuration requirements.',
    ])
  })

  it('in a cluster names it, and has no material id', async () => {
    const { KeyMetadata } = await call(kms.root, name, inCluster())
    const { CloudHsmClusterId } = await describeOne(kms, cluster)
    assert.equal(KeyMetadata?.Origin, 'AWS_CLOUDHSM')
    assert.equal(KeyMetadata.CustomKeyStoreId, cluster)
    assert.equal(KeyMetadata.CloudHsmClusterId, CloudHsmClusterId)
    assert.equal(KeyMetadata.KeyState, 'Enabled')
    assert.equal('CurrentKeyMaterialId' in KeyMetadata, false)
    assert.equal('XksKeyConfiguration' in KeyMetadata, false)
    const { KeyId } = KeyMetadata
    const described = await call(kms.root, 'DescribeKey', { KeyId })
    assert.deepEqual(described.KeyMetadata, KeyMetadata)
    const made = await call(kms.root, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' })
    const opened = await call(kms.root, 'Decrypt', { CiphertextBlob: made.CiphertextBlob })
    assert.deepEqual(opened.Plaintext, made.Plaintext)
  })

  it('in an external key store names the external key', async () => {
    const { KeyMetadata } = await call(kms.root, name, inExternal('key-1'))
    assert.equal(KeyMetadata?.Origin, 'EXTERNAL_KEY_STORE')
    assert.equal(KeyMetadata.CustomKeyStoreId, external)
    assert.deepEqual(KeyMetadata.XksKeyConfiguration, { Id: 'key-1' })
    assert.equal('CloudHsmClusterId' in KeyMetadata, false)
    assert.equal('CurrentKeyMaterialId' in KeyMetadata, false)
  })

  it('refuses an external key that has a KMS key in this key store already', async () => {
    await createKey(kms, external, 'key-2')
    await refused(kms.root, name, inExternal('key-2'), [
      'XksKeyAlreadyInUseException',
      'The external key is associated with another KMS key in this external key store.',
    ])
    await createKey(kms, other, 'key-2')
  })

  it('makes one key of two calls that ask for the same external key at once', async () => {
    const calls = [1, 2].map(() => call(kms.root, name, inExternal('key-3')))
    const settled = await Promise.allSettled(calls)
    assert.deepEqual(settled.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  })

  it('refuses an external key that is not there, is disabled, or cannot decrypt', async () => {
    await refused(kms.root, name, inExternal('nobody'), [
      'XksKeyNotFoundException',
      'The external key associated with this KMS key in an external key store was not found in its external key manager. If the external key ID associated with this KMS key is incorrect, create a new KMS key with the correct external key ID.',
    ])
    await refused(kms.root, name, inExternal(disabledId), [
      'XksKeyInvalidConfigurationException',
      'The external key associated with this KMS key in an external key store is not enabled in the external key manager. Enable the external key in the external key manager and retry the request.',
    ])
    await refused(kms.root, name, inExternal(encryptOnlyId), [
      'XksKeyInvalidConfigurationException',
      'The external key associated with this KMS key in an external key store does not support the requested operation. Enable the operation on the key in your external key manager, and try the request again.',
    ])
    scripted.answers = {
      metadata: {
        body: { keySpec: 'AES_128', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' },
      },
    }
    await refused(kms.root, name, inExternal('short', other), [
      'XksKeyInvalidConfigurationException',
      'The external key is not a 256-bit AES symmetric encryption key.',
    ])
  })

  it('answers the other failures of a proxy with the state of the key store', async () => {
    for (const [status, errorName, code] of [
      [401, 'AuthenticationFailedException', 'CustomKeyStoreInvalidStateException'],
      [403, 'AccessDeniedException', 'KMSInvalidStateException'],
      [429, 'ThrottlingException', 'CustomKeyStoreInvalidStateException'],
      [501, 'UnsupportedOperationException', 'CustomKeyStoreInvalidStateException'],
    ] as const) {
      scripted.answers = { metadata: { status, body: { errorName } } }
      await assert.rejects(call(kms.root, name, inExternal('x', other)), ({ message }: Error) =>
        message.includes(`"__type":"${code}"`),
      )
    }
    scripted.answers = {}
  })

  it('is not asked of the proxy before the caller may create a key', async () => {
    scripted.asked.length = 0
    await assert.rejects(call(kms.parent, name, inExternal('y', other)))
    assert.deepEqual(scripted.asked, [])
  })
})
