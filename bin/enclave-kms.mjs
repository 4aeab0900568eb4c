#!/usr/bin/env node
/**
 * The command `enclave-kms` of the package: the built one, in this process. npm keeps what it links at
 * the first `npx`, so this file is there before anything is built; until then it says how to build.
 */
import { existsSync } from 'node:fs'

const main = new URL('../dist/cli/main.js', import.meta.url)

if (existsSync(main)) {
  await import(main.href)
} else {
  console.error(
    'enclave-kms: not built yet: run `npm start` once in the clone, or `npm ci && npm run build`',
  )
  process.exitCode = 2
}
