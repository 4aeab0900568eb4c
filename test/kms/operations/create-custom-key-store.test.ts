import assert from 'node:assert/strict'
import type { RunningXksProxy } from '../../../lib/http/xks-proxy.ts'
import {
  answer,
  call,
  constraint,
  membersOf,
  missing,
  refused,
  type Refusal,
} from '../../support/call.ts'
import {
  certificate,
  clusterInput,
  create,
  credential,
  describeOne,
  healthy,
  newClusterId,
  patient,
  proxyInput,
  startProxy,
  startScripted,
  type ScriptedProxy,
} from '../../support/custom-key-stores.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy } from '../../support/policies.ts'
import { useKms } from '../../support/scene.ts'

const name = 'CreateCustomKeyStore'
const service = 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0'

describe(name, () => {
  const kms = useKms([], {}, patient)
  let proxy: RunningXksProxy
  let scripted: ScriptedProxy
  before(async () => {
    proxy = await startProxy()
    scripted = await startScripted()
  })
  after(async () => {
    await proxy.close()
    await scripted.close()
  })
  beforeEach(() => {
    scripted.answers = {}
    scripted.asked.length = 0
  })

  function privateInput(more: object = {}) {
    return proxyInput('https://private.example.com', {
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyVpcEndpointServiceName: service,
      ...more,
    })
  }

  function invalid(text: string): Refusal {
    return ['ValidationException', text]
  }

  describe('input', () => {
    it('requires a name', async () => {
      const { CustomKeyStoreName: _, ...rest } = clusterInput()
      await refused(kms.root, name, rest, missing('customKeyStoreName'))
    })

    it('requires a cluster, its certificate and a password of a key store of AWS CloudHSM', async () => {
      for (const member of ['CloudHsmClusterId', 'TrustAnchorCertificate', 'KeyStorePassword']) {
        const input = clusterInput({ [member]: undefined })
        const words = `${member} is required for this custom key store.`
        await refused(kms.root, name, input, invalid(words))
      }
    })

    it('requires all that it takes to reach the proxy of an external key store', async () => {
      for (const member of [
        'XksProxyConnectivity',
        'XksProxyUriEndpoint',
        'XksProxyUriPath',
        'XksProxyAuthenticationCredential',
      ]) {
        const input = proxyInput(proxy.url, { [member]: undefined })
        const words = `${member} is required for this custom key store.`
        await refused(kms.root, name, input, invalid(words))
      }
      const input = privateInput({ XksProxyVpcEndpointServiceName: undefined })
      const words = 'XksProxyVpcEndpointServiceName is required for this custom key store.'
      await refused(kms.root, name, input, invalid(words))
    })

    it('refuses what the other type of key store has', async () => {
      const ofProxy = { XksProxyUriPath: '/kms/xks/v1' }
      const atCluster = 'XksProxyUriPath is not valid for a custom key store of AWS_CLOUDHSM.'
      await refused(kms.root, name, clusterInput(ofProxy), invalid(atCluster))
      const ofCluster = { KeyStorePassword: 'kmsPswd' }
      const atProxy = 'KeyStorePassword is not valid for a custom key store of EXTERNAL_KEY_STORE.'
      await refused(kms.root, name, proxyInput(proxy.url, ofCluster), invalid(atProxy))
      const ofService = { XksProxyVpcEndpointServiceName: service }
      const words =
        'XksProxyVpcEndpointServiceName and XksProxyVpcEndpointServiceOwner are not valid for PUBLIC_ENDPOINT connectivity.'
      await refused(kms.root, name, proxyInput(proxy.url, ofService), invalid(words))
    })

    it('takes HTTP and a port on this machine alone, and says AWS’s pattern', async () => {
      for (const endpoint of [
        'http://example.com',
        'http://127.0.0.1.example.com',
        'https://example.com:8443',
        'https://127.0.0.1:0',
        'http://localhost:80/x',
        'http://user@localhost',
      ]) {
        const words = `Value '${endpoint}' at 'xksProxyUriEndpoint' failed to satisfy constraint: Member must satisfy regular expression pattern: ^https://[a-zA-Z0-9.-]+$`
        await refused(kms.root, name, proxyInput(endpoint), constraint(words))
      }
    })

    it('does not repeat a secret that is malformed', async () => {
      const bad = { ...credential, RawSecretAccessKey: 'short' }
      const input = proxyInput(proxy.url, { XksProxyAuthenticationCredential: bad })
      const { text } = await refused(
        kms.root,
        name,
        input,
        constraint(
          "Value at 'xksProxyAuthenticationCredential.rawSecretAccessKey' failed to satisfy constraint: Member must have length greater than or equal to 43",
        ),
      )
      assert.equal(text.includes("'short'"), false)
    })

    it('refuses a certificate that is none', async () => {
      const words: Refusal = [
        'IncorrectTrustAnchorException',
        'The trust anchor certificate is not that of the CloudHSM cluster.',
      ]
      for (const TrustAnchorCertificate of ['x', certificate.slice(0, 200)]) {
        await refused(kms.root, name, clusterInput({ TrustAnchorCertificate }), words)
      }
    })

    for (const [word, code, text] of [
      ['notFound', 'CloudHsmClusterNotFoundException', 'The CloudHSM cluster was not found.'],
      ['notActive', 'CloudHsmClusterNotActiveException', 'The CloudHSM cluster is not active.'],
      [
        'misconfigured',
        'CloudHsmClusterInvalidConfigurationException',
        'The CloudHSM cluster does not meet the configuration requirements.',
      ],
    ] as const) {
      it(`refuses a cluster as its id says: ${word}`, async () => {
        const input = clusterInput({ CloudHsmClusterId: newClusterId(word) })
        await refused(kms.root, name, input, [code, text])
      })
    }

    it('refuses the name, and the cluster or one related to it, of another key store', async () => {
      const input = clusterInput()
      await create(kms, input)
      const { CustomKeyStoreName } = input
      await refused(kms.root, name, clusterInput({ CustomKeyStoreName }), [
        'CustomKeyStoreNameInUseException',
        `Another custom key store has the name ${CustomKeyStoreName}.`,
      ])
      const inUse: Refusal = [
        'CloudHsmClusterInUseException',
        'The CloudHSM cluster, or one that shares a backup history with it, is associated with another custom key store.',
      ]
      for (const CloudHsmClusterId of [input.CloudHsmClusterId, `${input.CloudHsmClusterId}2`]) {
        await refused(kms.root, name, clusterInput({ CloudHsmClusterId }), inUse)
      }
      // Another Region has its own.
      await call(kms.client({ region: 'eu-west-1' }), name, input)
    })

    it('refuses the address of another key store, and a private endpoint’s that is public', async () => {
      await create(kms, privateInput())
      const uri: Refusal = [
        'XksProxyUriInUseException',
        'The XksProxyUriEndpoint and XksProxyUriPath are associated with another external key store.',
      ]
      const other = { XksProxyVpcEndpointServiceName: `${service}1` }
      await refused(kms.root, name, privateInput(other), uri)
      const endpoint: Refusal = [
        'XksProxyUriEndpointInUseException',
        'The XksProxyUriEndpoint is associated with another external key store.',
      ]
      const path = { XksProxyUriPath: '/b/kms/xks/v1' }
      await refused(kms.root, name, privateInput({ ...other, ...path }), endpoint)
      await refused(kms.root, name, proxyInput('https://PRIVATE.example.com', path), endpoint)
      const taken = { ...path, XksProxyUriEndpoint: 'https://b.example.com' }
      await refused(kms.root, name, privateInput(taken), [
        'XksProxyVpcEndpointServiceInUseException',
        'The VPC endpoint service is associated with another external key store.',
      ])
    })

    it('refuses a VPC endpoint service of another Region', async () => {
      const elsewhere = service.replace('us-east-1', 'eu-west-1')
      const input = privateInput({ XksProxyVpcEndpointServiceName: elsewhere })
      await refused(kms.root, name, input, [
        'XksProxyVpcEndpointServiceNotFoundException',
        'The VPC endpoint service was not found in this Region.',
      ])
    })

    it('refuses a credential that the proxy does not know, and a path that it does not have', async () => {
      const unknown = { ...credential, RawSecretAccessKey: 'x'.repeat(43) }
      const input = proxyInput(proxy.url, { XksProxyAuthenticationCredential: unknown })
      const { text } = await refused(kms.root, name, input, [
        'XksProxyIncorrectAuthenticationCredentialException',
        'The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS proxy authentication credentials for your external key store and update if necessary.',
      ])
      assert.equal(text.includes('xxx'), false)
      const path = { XksProxyUriPath: '/other/kms/xks/v1' }
      await refused(kms.root, name, proxyInput(proxy.url, path), [
        'XksProxyInvalidConfigurationException',
        'The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your external key store and update if necessary.',
      ])
    })

    it('refuses a proxy that is not there, is not understood, or has no key manager', async () => {
      await refused(kms.root, name, proxyInput('http://127.0.0.1:9'), [
        'XksProxyUriUnreachableException',
        'AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you see this error repeatedly, verify that your external key store proxy is active and is connected to the network, and that its endpoint URI is correct in your external keystore.',
      ])
      scripted.answers = { health: { body: 'fine' } }
      await refused(kms.root, name, proxyInput(scripted.url), [
        'XksProxyInvalidResponseException',
        'AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, report it to your external key store proxy administrator.',
      ])
      const down = healthy.ekmFleetDetails.map((manager) => ({
        ...manager,
        healthStatus: 'UNAVAILABLE',
      }))
      scripted.answers = { health: { body: { ...healthy, ekmFleetDetails: down } } }
      await refused(kms.root, name, proxyInput(scripted.url), [
        'XksProxyUriUnreachableException',
        'The external key store proxy reports that all external key manager instances are unavailable.',
      ])
    })
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it, before the proxy hears of it', async () => {
      const input = proxyInput(scripted.url)
      await refused(kms.parent, name, input, noIdentityPolicy(`kms:${name}`, '*'))
      assert.deepEqual(scripted.asked, [])
    })

    it('is allowed by an identity policy', async () => {
      await call(kms.admin, name, clusterInput())
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => clusterInput())
  })

  describe('result', () => {
    it('has AWS’s members and no other, and a key store that is not connected', async () => {
      const input = clusterInput()
      const got = await answer(kms.root, name, input)
      assert.deepEqual(membersOf(got), ['CustomKeyStoreId'])
      assert.match(got.output.CustomKeyStoreId!, /^cks-[0-9a-f]{17}$/)
      const entry = await describeOne(kms, got.output.CustomKeyStoreId!)
      assert.equal(entry.ConnectionState, 'DISCONNECTED')
      assert.equal(entry.CustomKeyStoreType, 'AWS_CLOUDHSM')
    })

    it('asked the proxy of a public endpoint how it is, on behalf of nobody', async () => {
      const { requestId } = await answer(kms.root, name, proxyInput(scripted.url))
      assert.deepEqual(
        scripted.asked.map(({ path, body }) => [path, JSON.parse(body) as unknown]),
        [
          [
            '/kms/xks/v1/health',
            { requestMetadata: { kmsOperation: name, kmsRequestId: requestId } },
          ],
        ],
      )
    })

    it('takes two key stores of one public endpoint, each with its path', async () => {
      const path = { XksProxyUriPath: '/two/kms/xks/v1' }
      await call(kms.root, name, proxyInput(scripted.url, path))
    })
  })
})
