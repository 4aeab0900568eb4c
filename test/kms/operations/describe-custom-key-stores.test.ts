import assert from 'node:assert/strict'
import { answer, call, membersOf, refused } from '../../support/call.ts'
import {
  certificate,
  clusterInput,
  connect,
  create,
  credential,
  newClusterId,
  patient,
  proxyInput,
  startScripted,
  uriPath,
  type ScriptedProxy,
} from '../../support/custom-key-stores.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy } from '../../support/policies.ts'
import { useKms } from '../../support/scene.ts'

const name = 'DescribeCustomKeyStores'
const service = 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0'

describe(name, () => {
  const kms = useKms([], {}, patient)
  let scripted: ScriptedProxy
  before(async () => {
    scripted = await startScripted()
  })
  after(() => scripted.close())

  describe('input', () => {
    it('takes an id or a name, but not both', async () => {
      const input = clusterInput()
      const CustomKeyStoreId = await create(kms, input)
      const { CustomKeyStoreName } = input
      for (const by of [{ CustomKeyStoreId }, { CustomKeyStoreName }]) {
        const { CustomKeyStores } = await call(kms.root, name, by)
        assert.deepEqual(
          CustomKeyStores?.map((entry) => entry.CustomKeyStoreId),
          [CustomKeyStoreId],
        )
      }
      await refused(kms.root, name, { CustomKeyStoreId, CustomKeyStoreName }, [
        'ValidationException',
        'You can specify CustomKeyStoreId or CustomKeyStoreName, but not both.',
      ])
    })

    it('refuses an id and a name that no key store has', async () => {
      for (const [member, value] of [
        ['CustomKeyStoreId', 'cks-00000000000000000'],
        ['CustomKeyStoreName', 'nobody'],
      ] as const) {
        await refused(kms.root, name, { [member]: value }, [
          'CustomKeyStoreNotFoundException',
          `The custom key store ${value} was not found.`,
        ])
      }
    })

    it('refuses a marker of another listing', async () => {
      await refused(kms.root, name, { Marker: 'x' }, ['InvalidMarkerException', null])
    })
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it', async () => {
      await refused(kms.parent, name, {}, noIdentityPolicy(`kms:${name}`, '*'))
    })

    it('is allowed by an identity policy', async () => {
      await call(kms.admin, name)
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({}))
  })

  describe('result', () => {
    it('of a cluster has AWS’s members and no other: not the password', async () => {
      const input = clusterInput({ KeyStorePassword: 'a-secret-password' })
      const CustomKeyStoreId = await create(kms, input)
      const got = await answer(kms.root, name, { CustomKeyStoreId })
      assert.deepEqual(membersOf(got), ['CustomKeyStores', 'Truncated'])
      const { CreationDate, ...entry } = got.output.CustomKeyStores![0]!
      assert.deepEqual(entry, {
        CustomKeyStoreId,
        CustomKeyStoreName: input.CustomKeyStoreName,
        CustomKeyStoreType: 'AWS_CLOUDHSM',
        CloudHsmClusterId: input.CloudHsmClusterId,
        TrustAnchorCertificate: certificate,
        ConnectionState: 'DISCONNECTED',
      })
      assert.ok(Math.abs(Number(CreationDate) - Date.now()) < 60_000)
      assert.equal(got.text.includes('a-secret-password'), false)
    })

    it('of a proxy has AWS’s members and no other: not the secret access key', async () => {
      const CustomKeyStoreId = await create(kms, proxyInput(scripted.url))
      const got = await answer(kms.root, name, { CustomKeyStoreId })
      const entry = got.output.CustomKeyStores![0]!
      assert.deepEqual(Object.keys(entry).sort(), [
        'ConnectionState',
        'CreationDate',
        'CustomKeyStoreId',
        'CustomKeyStoreName',
        'CustomKeyStoreType',
        'XksProxyConfiguration',
      ])
      assert.deepEqual(entry.XksProxyConfiguration, {
        Connectivity: 'PUBLIC_ENDPOINT',
        AccessKeyId: credential.AccessKeyId,
        UriEndpoint: scripted.url,
        UriPath: uriPath,
      })
      assert.equal(got.text.includes(credential.RawSecretAccessKey), false)
    })

    it('of a private endpoint has its service, and the caller’s account for its owner', async () => {
      const CustomKeyStoreId = await create(
        kms,
        proxyInput('https://private.example.com', {
          XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
          XksProxyVpcEndpointServiceName: service,
        }),
      )
      const { CustomKeyStores } = await call(kms.root, name, { CustomKeyStoreId })
      assert.deepEqual(CustomKeyStores?.[0]?.XksProxyConfiguration, {
        Connectivity: 'VPC_ENDPOINT_SERVICE',
        AccessKeyId: credential.AccessKeyId,
        UriEndpoint: 'https://private.example.com',
        UriPath: uriPath,
        VpcEndpointServiceName: service,
        VpcEndpointServiceOwner: '111122223333',
      })
    })

    it('says why a connection failed', async () => {
      const id = await create(kms, clusterInput({ CloudHsmClusterId: newClusterId('noUser') }))
      const entry = await connect(kms, id, 'FAILED')
      assert.equal(entry.ConnectionErrorCode, 'USER_NOT_FOUND')
    })

    it('comes in pages, in which every key store is once', async () => {
      const all = await call(kms.root, name)
      const seen: (string | undefined)[] = []
      let Marker: string | undefined
      do {
        const page = await call(kms.root, name, { Limit: 2, Marker })
        seen.push(...page.CustomKeyStores!.map((entry) => entry.CustomKeyStoreId))
        Marker = page.NextMarker
        assert.equal(page.Truncated, Marker !== undefined)
      } while (Marker !== undefined)
      assert.ok(seen.length > 3)
      assert.deepEqual(
        seen,
        all.CustomKeyStores!.map((entry) => entry.CustomKeyStoreId),
      )
    })

    it('has nothing of another account or Region', async () => {
      for (const config of [
        { region: 'eu-west-1' },
        { credentials: { accessKeyId: '444455556666', secretAccessKey: 'any' } },
      ]) {
        const { CustomKeyStores } = await call(kms.client(config), name)
        assert.deepEqual(CustomKeyStores, [])
      }
    })
  })
})
