/**
 * Builds dist/ from lib/: the compiled modules, the data files beside them, and the command, whose
 * modules are joined into few files: it starts in two thirds of the time. What is there stays in
 * place until the new build is whole.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const fresh = `${dist}.${String(process.pid)}`

try {
  compile()
  await joinCommand()
} catch (error) {
  rmSync(fresh, { recursive: true, force: true })
  console.error(error.message)
  process.exit(1)
}
rmSync(dist, { recursive: true, force: true })
renameSync(fresh, dist)

function compile() {
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
  const { status } = spawnSync(
    process.execPath,
    [join(dirname(typescript), 'bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', fresh],
    { cwd: root, stdio: 'inherit' },
  )
  if (status !== 0) throw new Error('the sources could not be compiled')
  cpSync(join(root, 'lib'), fresh, { recursive: true, filter: (path) => !path.endsWith('.ts') })
}

/**
 * All files of the command are in dist/cli/, as deep as the modules that find certs/ and package.json
 * by their own place, and beside them the module of the thread that offload.ts starts.
 */
async function joinCommand() {
  const joined = join(fresh, 'joined')
  await build({
    entryPoints: { main: join(fresh, 'cli/main.js'), slow: join(fresh, 'crypto/slow.js') },
    outdir: joined,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    charset: 'utf8',
    logLevel: 'warning',
  })
  rmSync(join(fresh, 'cli'), { recursive: true })
  renameSync(joined, join(fresh, 'cli'))
  chmodSync(join(fresh, 'cli', 'main.js'), 0o755)
}
