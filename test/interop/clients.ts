/**
 * The clients that run against the server: for each, what it needs of the machine, how its own
 * package manager installs it, and how its program is run.
 */
import type { Tool } from './tools.ts'

/** A program and its arguments, run in the client's folder. */
type Command = readonly [program: string, ...args: string[]]

export interface Client {
  readonly name: string
  /** Beside this file: the program, and the versions of all that it needs. */
  readonly folder: string
  readonly tools: readonly Tool[]
  readonly install: readonly Command[]
  readonly run: Command
  readonly env?: Readonly<Record<string, string>>
}

/** With ensurepip, which Debian has in a package of its own and an environment needs. */
const python: Tool = {
  name: 'venv of python3',
  command: ['python3', '-c', 'import ensurepip, platform; print(platform.python_version())'],
  lowest: '3.10',
}

const pip: readonly Command[] = [
  ['python3', '-m', 'venv', 'venv'],
  ['./venv/bin/python', '-m', 'pip', 'install', '--quiet', '--requirement', 'requirements.txt'],
]

/** Those that run the common scenario (test/interop/steps.ts). */
export const clients: readonly Client[] = [
  {
    name: 'boto3',
    folder: 'python',
    tools: [python],
    install: pip,
    run: ['./venv/bin/python', 'scenario.py'],
  },
  {
    name: 'AWS CLI',
    folder: 'cli',
    tools: [
      python,
      { name: 'openssl', command: ['openssl', 'version'], lowest: '3.0' },
      { name: 'curl', command: ['curl', '--version'], lowest: '7' },
    ],
    install: pip,
    run: ['sh', 'scenario.sh'],
  },
  {
    name: 'AWS SDK for Go v2',
    folder: 'go',
    tools: [{ name: 'go', command: ['go', 'version'], lowest: '1.24' }],
    install: [['go', 'build', '-o', 'scenario', '.']],
    run: ['./scenario'],
    // Neither a C compiler nor another toolchain, which go would fetch.
    env: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
  },
  {
    name: 'AWS SDK for Rust',
    folder: 'rust',
    tools: [
      { name: 'cargo', command: ['cargo', '--version'], lowest: '1.94.1' },
      { name: 'cc', command: ['cc', '--version'], lowest: '0' },
    ],
    install: [['cargo', 'build', '--quiet', '--locked', '--target-dir', 'target']],
    run: ['./target/debug/scenario'],
  },
  {
    name: 'AWS SDK for Java v2',
    folder: 'java',
    tools: [
      { name: 'javac', command: ['javac', '--version'], lowest: '17' },
      { name: 'mvn', command: ['mvn', '--version'], lowest: '3.6.3' },
    ],
    install: [['mvn', '--quiet', '--batch-mode', 'compile', 'dependency:build-classpath']],
    run: ['sh', '-c', 'exec java -cp "target/classes:$(cat classpath)" Scenario'],
  },
]

/** It makes and opens envelopes of its own: its steps are in test/interop/encryption-sdk-steps.ts. */
export const encryptionSdk: Client = {
  name: 'AWS Encryption SDK for JavaScript',
  folder: 'javascript-encryption-sdk',
  tools: [{ name: 'npm', command: ['npm', '--version'], lowest: '9' }],
  install: [['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error']],
  run: [process.execPath, 'scenario.mjs'],
}
