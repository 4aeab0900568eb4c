/**
 * Builds dist/ from lib/: the compiled modules, the data files beside them, and the executable bit
 * on the command.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
)

rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
cpSync(join(root, 'lib'), join(root, 'dist'), {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
})
const bin = join(root, 'dist', 'cli', 'main.js')
if (existsSync(bin)) chmodSync(bin, 0o755)
