import assert from 'node:assert/strict'
import { answer, call, missing, refused } from '../../support/call.ts'
import {
  clusterInput,
  connect,
  connectedCluster,
  create,
  createKey,
  credential,
  describeOne,
  disconnect,
  healthy,
  newClusterId,
  patient,
  proxyInput,
  startScripted,
  whenItIs,
  type Scripted,
  type ScriptedProxy,
} from '../../support/custom-key-stores.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy } from '../../support/policies.ts'
import { useKms } from '../../support/scene.ts'

const name = 'ConnectCustomKeyStore'

describe(name, () => {
  const kms = useKms([], {}, patient)
  let scripted: ScriptedProxy
  let external: string
  before(async () => {
    scripted = await startScripted()
    external = await create(kms, proxyInput(scripted.url))
  })
  after(() => scripted.close())
  beforeEach(() => {
    scripted.answers = {}
    scripted.asked.length = 0
  })

  describe('input', () => {
    it('requires a key store that there is', async () => {
      await refused(kms.root, name, {}, missing('customKeyStoreId'))
      const CustomKeyStoreId = 'cks-00000000000000000'
      await refused(kms.root, name, { CustomKeyStoreId }, [
        'CustomKeyStoreNotFoundException',
        `The custom key store ${CustomKeyStoreId} was not found.`,
      ])
    })

    it('refuses a key store that FAILED until it was disconnected', async () => {
      const CloudHsmClusterId = newClusterId('network')
      const CustomKeyStoreId = await create(kms, clusterInput({ CloudHsmClusterId }))
      await connect(kms, CustomKeyStoreId, 'FAILED')
      await refused(kms.root, name, { CustomKeyStoreId }, [
        'CustomKeyStoreInvalidStateException',
        `The custom key store ${CustomKeyStoreId} is FAILED: this needs CONNECTED or CONNECTING or DISCONNECTED.`,
      ])
      const { ConnectionErrorCode } = await disconnect(kms, CustomKeyStoreId)
      assert.equal(ConnectionErrorCode, undefined)
      await connect(kms, CustomKeyStoreId, 'FAILED')
    })

    for (const [word, code, text] of [
      ['stopped', 'CloudHsmClusterNotActiveException', 'The CloudHSM cluster is not active.'],
      [
        'broken',
        'CloudHsmClusterInvalidConfigurationException',
        'The CloudHSM cluster does not meet the configuration requirements.',
      ],
    ] as const) {
      it(`refuses a cluster as its id says: ${word}`, async () => {
        const input = clusterInput({ CloudHsmClusterId: newClusterId(word) })
        const CustomKeyStoreId = await create(kms, input)
        await refused(kms.root, name, { CustomKeyStoreId }, [code, text])
        const { ConnectionState } = await describeOne(kms, CustomKeyStoreId)
        assert.equal(ConnectionState, 'DISCONNECTED')
      })
    }
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it', async () => {
      const input = { CustomKeyStoreId: external }
      await refused(kms.parent, name, input, noIdentityPolicy(`kms:${name}`, '*'))
    })

    it('is allowed by an identity policy', async () => {
      await call(kms.admin, name, { CustomKeyStoreId: await create(kms, clusterInput()) })
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({
      CustomKeyStoreId: await create(kms, clusterInput()),
    }))
  })

  describe('result', () => {
    it('is empty, and comes before the connection does', async () => {
      const CustomKeyStoreId = await create(kms, clusterInput())
      const got = await answer(kms.root, name, { CustomKeyStoreId })
      assert.equal(got.text, '{}')
      const { ConnectionState } = await describeOne(kms, CustomKeyStoreId)
      assert.equal(ConnectionState, 'CONNECTING')
      await whenItIs(kms, CustomKeyStoreId, 'CONNECTED')
    })

    it('leaves what is connected so, and its keys at work', async () => {
      const CustomKeyStoreId = await connectedCluster(kms)
      const KeyId = await createKey(kms, CustomKeyStoreId)
      await call(kms.root, name, { CustomKeyStoreId })
      assert.equal((await describeOne(kms, CustomKeyStoreId)).ConnectionState, 'CONNECTED')
      await call(kms.root, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' })
    })

    it('asks anew while it is connecting, and one attempt ends it', async () => {
      const CustomKeyStoreId = await create(kms, clusterInput())
      await call(kms.root, name, { CustomKeyStoreId })
      await call(kms.root, name, { CustomKeyStoreId })
      await whenItIs(kms, CustomKeyStoreId, 'CONNECTED')
    })

    it('is undone by a disconnection that overtakes it', async () => {
      const CustomKeyStoreId = await create(kms, clusterInput())
      await call(kms.root, name, { CustomKeyStoreId })
      await disconnect(kms, CustomKeyStoreId)
      await new Promise((resolve) => setTimeout(resolve, 300))
      assert.equal((await describeOne(kms, CustomKeyStoreId)).ConnectionState, 'DISCONNECTED')
    })

    for (const [word, code] of [
      ['gone', 'CLUSTER_NOT_FOUND'],
      ['internal', 'INTERNAL_ERROR'],
      ['lockedOut', 'USER_LOCKED_OUT'],
      ['loggedIn', 'USER_LOGGED_IN'],
      ['network', 'NETWORK_ERRORS'],
      ['noAddress', 'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET'],
      ['noHsm', 'INSUFFICIENT_CLOUDHSM_HSMS'],
      ['noSubnet', 'SUBNET_NOT_FOUND'],
      ['noUser', 'USER_NOT_FOUND'],
    ] as const) {
      it(`fails with ${code} at a cluster whose id says ${word}`, async () => {
        const id = await create(kms, clusterInput({ CloudHsmClusterId: newClusterId(word) }))
        assert.equal((await connect(kms, id, 'FAILED')).ConnectionErrorCode, code)
      })
    }

    it('fails at a wrong password, until KMS was told another', async () => {
      const CustomKeyStoreId = await create(kms, clusterInput({ KeyStorePassword: 'wrongPswd' }))
      const { ConnectionErrorCode } = await connect(kms, CustomKeyStoreId, 'FAILED')
      assert.equal(ConnectionErrorCode, 'INVALID_CREDENTIALS')
      await disconnect(kms, CustomKeyStoreId)
      const input = { CustomKeyStoreId, KeyStorePassword: 'rightPswd' }
      await call(kms.root, 'UpdateCustomKeyStore', input)
      await connect(kms, CustomKeyStoreId)
    })

    it('asks the proxy of an external key store how it is', async () => {
      const id = await create(kms, proxyInput(scripted.url, { XksProxyUriPath: '/a/kms/xks/v1' }))
      scripted.asked.length = 0
      await connect(kms, id)
      assert.equal(scripted.asked.length, 1)
      const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = scripted.asked
      assert.equal(path, '/a/kms/xks/v1/health')
      const { requestMetadata } = JSON.parse(body) as { requestMetadata: object }
      assert.equal('kmsOperation' in requestMetadata && requestMetadata.kmsOperation, name)
      assert.match(
        headers.authorization ?? '',
        new RegExp(
          `^AWS4-HMAC-SHA256 Credential=${credential.AccessKeyId}/\\d{8}/us-east-1/kms-xks-proxy/aws4_request, SignedHeaders=host;x-amz-date, Signature=[0-9a-f]{64}$`,
        ),
      )
    })

    const error = (status: number, errorName: string): Scripted => ({
      status,
      body: { errorName },
    })
    const unavailable = { ...healthy.ekmFleetDetails[0], healthStatus: 'UNAVAILABLE' }
    for (const [health, code] of [
      [error(401, 'AuthenticationFailedException'), 'INVALID_CREDENTIALS'],
      [error(403, 'AccessDeniedException'), 'XKS_PROXY_ACCESS_DENIED'],
      [error(404, 'InvalidUriPathException'), 'XKS_PROXY_INVALID_CONFIGURATION'],
      [error(429, 'ThrottlingException'), 'XKS_PROXY_NOT_REACHABLE'],
      [error(500, 'InternalException'), 'XKS_PROXY_INVALID_RESPONSE'],
      [error(503, 'DependencyTimeoutException'), 'XKS_PROXY_TIMED_OUT'],
      [error(500, 'noTls'), 'XKS_PROXY_INVALID_RESPONSE'],
      [{ status: 302, body: '' }, 'XKS_PROXY_INVALID_RESPONSE'],
      [{ body: { ...healthy, ekmFleetDetails: [unavailable] } }, 'XKS_PROXY_NOT_REACHABLE'],
    ] as const) {
      it(`fails with ${code} where the proxy answers ${JSON.stringify(health)}`, async () => {
        scripted.answers = { health }
        const entry = await connect(kms, external, 'FAILED')
        assert.equal(entry.ConnectionErrorCode, code)
        await disconnect(kms, external)
      })
    }

    it('fails where nobody listens', async () => {
      const input = proxyInput('https://localhost:9', {
        XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
        XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0',
      })
      const { ConnectionErrorCode } = await connect(kms, await create(kms, input), 'FAILED')
      assert.equal(ConnectionErrorCode, 'XKS_PROXY_NOT_REACHABLE')
    })
  })
})
