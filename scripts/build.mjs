/**
 * Builds dist/ from lib/: the compiled modules, the data files beside them, and the executable bit
 * on the command. What is there stays in place until the new build is whole.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
const dist = join(root, 'dist')
const fresh = `${dist}.${String(process.pid)}`

const { status } = spawnSync(
  process.execPath,
  [join(dirname(typescript), 'bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', fresh],
  { cwd: root, stdio: 'inherit' },
)
if (status !== 0) {
  rmSync(fresh, { recursive: true, force: true })
  process.exit(status ?? 1)
}
cpSync(join(root, 'lib'), fresh, { recursive: true, filter: (path) => !path.endsWith('.ts') })
chmodSync(join(fresh, 'cli', 'main.js'), 0o755)
rmSync(dist, { recursive: true, force: true })
renameSync(fresh, dist)
