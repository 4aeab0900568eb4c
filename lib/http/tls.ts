/**
 * The certificate of `--tls`: made for this start, for this machine's own names, signed by itself.
 */
import { generateKeyPair, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import forge from 'node-forge'

const dayMs = 86_400_000
const lifetimeDays = 397

export async function selfSigned(names: readonly string[]): Promise<{ key: string; cert: string }> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const forgeKey = forge.pki.privateKeyFromPem(key)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.rsa.setPublicKey(forgeKey.n, forgeKey.e)
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`
  certificate.validity.notBefore = new Date(Date.now() - dayMs)
  certificate.validity.notAfter = new Date(Date.now() + lifetimeDays * dayMs)
  const subject = [{ name: 'commonName', value: 'enclave-kms' }]
  certificate.setSubject(subject)
  certificate.setIssuer(subject)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, keyCertSign: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: [...names.map(altName), { type: 7, ip: '127.0.0.1' }, { type: 7, ip: '::1' }],
    },
  ])
  certificate.sign(forgeKey, forge.md.sha256.create())
  return { key, cert: forge.pki.certificateToPem(certificate) }
}

/** A name or an address, with or without a port. */
function altName(host: string): { type: number; value?: string; ip?: string } {
  const name = host.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([^:]*):\d+$/, '$1')
  return isIP(name) ? { type: 7, ip: name } : { type: 2, value: name }
}
