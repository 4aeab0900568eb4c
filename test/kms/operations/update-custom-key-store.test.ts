import assert from 'node:assert/strict'
import type { RunningXksProxy } from '../../../lib/http/xks-proxy.ts'
import { answer, call, missing, refused, type Refusal } from '../../support/call.ts'
import {
  clusterInput,
  connect,
  connectedCluster,
  create,
  credential,
  describeOne,
  newClusterId,
  newName,
  patient,
  proxyInput,
  startProxy,
  startScripted,
  type ScriptedProxy,
} from '../../support/custom-key-stores.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy } from '../../support/policies.ts'
import { useKms } from '../../support/scene.ts'

const name = 'UpdateCustomKeyStore'
const service = 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0'

describe(name, () => {
  const kms = useKms([], {}, patient)
  let proxy: RunningXksProxy
  let scripted: ScriptedProxy
  let external: string
  before(async () => {
    proxy = await startProxy('/a/kms/xks/v1')
    scripted = await startScripted()
    external = await create(kms, proxyInput(proxy.url, { XksProxyUriPath: '/a/kms/xks/v1' }))
  })
  after(async () => {
    await proxy.close()
    await scripted.close()
  })

  function invalid(text: string): Refusal {
    return ['ValidationException', text]
  }

  function wrongState(id: string, state: string, needs: string): Refusal {
    return [
      'CustomKeyStoreInvalidStateException',
      `The custom key store ${id} is ${state}: this needs ${needs}.`,
    ]
  }

  describe('input', () => {
    it('requires a key store that there is', async () => {
      await refused(kms.root, name, {}, missing('customKeyStoreId'))
      const CustomKeyStoreId = 'cks-00000000000000000'
      await refused(kms.root, name, { CustomKeyStoreId }, [
        'CustomKeyStoreNotFoundException',
        `The custom key store ${CustomKeyStoreId} was not found.`,
      ])
    })

    it('refuses what the other type of key store has', async () => {
      const CustomKeyStoreId = await create(kms, clusterInput())
      for (const [id, member, value, type] of [
        [CustomKeyStoreId, 'XksProxyUriPath', '/kms/xks/v1', 'AWS_CLOUDHSM'],
        [external, 'KeyStorePassword', 'kmsPswd', 'EXTERNAL_KEY_STORE'],
      ] as const) {
        const input = { CustomKeyStoreId: id, [member]: value }
        const words = `${member} is not valid for a custom key store of ${type}.`
        await refused(kms.root, name, input, invalid(words))
      }
    })

    it('of a connected cluster changes its name alone', async () => {
      const CustomKeyStoreId = await connectedCluster(kms)
      const words = wrongState(CustomKeyStoreId, 'CONNECTED', 'DISCONNECTED')
      for (const change of [
        { KeyStorePassword: 'another' },
        { CloudHsmClusterId: newClusterId() },
        { NewCustomKeyStoreName: newName(), KeyStorePassword: 'another' },
      ]) {
        await refused(kms.root, name, { CustomKeyStoreId, ...change }, words)
      }
      const NewCustomKeyStoreName = newName()
      await call(kms.root, name, { CustomKeyStoreId, NewCustomKeyStoreName })
      const { CustomKeyStoreName } = await describeOne(kms, CustomKeyStoreId)
      assert.equal(CustomKeyStoreName, NewCustomKeyStoreName)
    })

    it('changes nothing of a key store that FAILED', async () => {
      const failing = { CloudHsmClusterId: newClusterId('gone') }
      const CustomKeyStoreId = await create(kms, clusterInput(failing))
      await connect(kms, CustomKeyStoreId, 'FAILED')
      const input = { CustomKeyStoreId, NewCustomKeyStoreName: newName() }
      const words = wrongState(CustomKeyStoreId, 'FAILED', 'CONNECTED or DISCONNECTED')
      await refused(kms.root, name, input, words)
    })

    it('refuses a cluster that is not related, or does not work, and takes one that is', async () => {
      const input = clusterInput()
      const CustomKeyStoreId = await create(kms, input)
      await refused(kms.root, name, { CustomKeyStoreId, CloudHsmClusterId: newClusterId() }, [
        'CloudHsmClusterNotRelatedException',
        'The CloudHSM cluster does not share a backup history with the original cluster.',
      ])
      const missingCluster = { CustomKeyStoreId, CloudHsmClusterId: newClusterId('notFound') }
      await refused(kms.root, name, missingCluster, [
        'CloudHsmClusterNotFoundException',
        'The CloudHSM cluster was not found.',
      ])
      const CloudHsmClusterId = `${input.CloudHsmClusterId}abc`
      await call(kms.root, name, { CustomKeyStoreId, CloudHsmClusterId })
      const entry = await describeOne(kms, CustomKeyStoreId)
      assert.equal(entry.CloudHsmClusterId, CloudHsmClusterId)
    })

    it('refuses the name of another key store, and takes its own', async () => {
      const { CustomKeyStoreName } = await describeOne(kms, external)
      const CustomKeyStoreId = await create(kms, clusterInput())
      const input = { NewCustomKeyStoreName: CustomKeyStoreName }
      await refused(kms.root, name, { CustomKeyStoreId, ...input }, [
        'CustomKeyStoreNameInUseException',
        `Another custom key store has the name ${String(CustomKeyStoreName)}.`,
      ])
      await call(kms.root, name, { CustomKeyStoreId: external, ...input })
    })

    it('refuses a proxy that does not answer as it should, and keeps what there was', async () => {
      const before = await describeOne(kms, external)
      const input = { CustomKeyStoreId: external }
      await refused(kms.root, name, { ...input, XksProxyUriPath: '/b/kms/xks/v1' }, [
        'XksProxyInvalidConfigurationException',
        'The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your external key store and update if necessary.',
      ])
      const unknown = { ...credential, RawSecretAccessKey: 'x'.repeat(43) }
      await refused(kms.root, name, { ...input, XksProxyAuthenticationCredential: unknown }, [
        'XksProxyIncorrectAuthenticationCredentialException',
        'The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS proxy authentication credentials for your external key store and update if necessary.',
      ])
      assert.deepEqual(await describeOne(kms, external), before)
    })

    it('needs another endpoint for another connectivity, and a service for a private one', async () => {
      const id = await create(kms, proxyInput(scripted.url))
      const input = { CustomKeyStoreId: id, XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' }
      const lacks = (member: string) => invalid(`${member} is required for this custom key store.`)
      await refused(kms.root, name, input, lacks('XksProxyUriEndpoint'))
      const moved = { ...input, XksProxyUriEndpoint: 'https://private.example.com' }
      await refused(kms.root, name, moved, lacks('XksProxyVpcEndpointServiceName'))
      await call(kms.root, name, { ...moved, XksProxyVpcEndpointServiceName: service })
      const there = await describeOne(kms, id)
      assert.equal(there.XksProxyConfiguration?.VpcEndpointServiceName, service)
      await call(kms.root, name, {
        CustomKeyStoreId: id,
        XksProxyConnectivity: 'PUBLIC_ENDPOINT',
        XksProxyUriEndpoint: scripted.url,
      })
      const back = await describeOne(kms, id)
      assert.equal(back.XksProxyConfiguration?.UriEndpoint, scripted.url)
      assert.equal(back.XksProxyConfiguration.VpcEndpointServiceName, undefined)
      assert.equal(back.XksProxyConfiguration.VpcEndpointServiceOwner, undefined)
    })
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it', async () => {
      const input = { CustomKeyStoreId: external }
      await refused(kms.parent, name, input, noIdentityPolicy(`kms:${name}`, '*'))
      await call(kms.admin, name, input)
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ CustomKeyStoreId: external }))
  })

  describe('result', () => {
    it('of a connected proxy is empty, and takes another path and credential', async () => {
      const CustomKeyStoreId = await create(
        kms,
        proxyInput(scripted.url, { XksProxyUriPath: '/c/kms/xks/v1' }),
      )
      await connect(kms, CustomKeyStoreId)
      const endpoint = { CustomKeyStoreId, XksProxyUriEndpoint: proxy.url }
      const words = wrongState(CustomKeyStoreId, 'CONNECTED', 'DISCONNECTED')
      await refused(kms.root, name, endpoint, words)
      const other = { AccessKeyId: 'A'.repeat(20), RawSecretAccessKey: 'b'.repeat(43) }
      const got = await answer(kms.root, name, {
        CustomKeyStoreId,
        XksProxyUriPath: '/d/kms/xks/v1',
        XksProxyAuthenticationCredential: other,
      })
      assert.equal(got.text, '{}')
      assert.equal(scripted.asked.at(-1)?.path, '/d/kms/xks/v1/health')
      const entry = await describeOne(kms, CustomKeyStoreId)
      assert.equal(entry.ConnectionState, 'CONNECTED')
      assert.equal(entry.XksProxyConfiguration?.UriPath, '/d/kms/xks/v1')
      assert.equal(entry.XksProxyConfiguration.AccessKeyId, other.AccessKeyId)
    })
  })
})
