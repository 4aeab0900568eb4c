/**
 * The command line: one entry per command, and what it takes. What a command does is loaded when it
 * is called, so that every command starts as fast as it can.
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { version } from '../http/version.ts'
import { eifCommand } from './eif-command.ts'
import { Exit } from './exit.ts'
import { policyCommand } from './policy-command.ts'
import { visible } from './policy/wrap.ts'

/** Commands of parts that are not built yet. */
const notBuilt = ['nitro-cli']

export function buildCommand(): Command {
  const program = new Command('enclave-kms')
    .description('AWS KMS on one machine, with attestation documents that are verified')
    .version(version)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`enclave-kms: ${visible(oneLine(text))}\n`),
    })

  add(program, serveCommand())
  add(program, attestCommand())
  add(program, inspectCommand())
  add(program, openCommand())
  add(program, xksProxyCommand())
  add(program, policyCommand(program))
  add(program, eifCommand(program))
  for (const name of notBuilt) add(program, notBuiltCommand(name))
  return program
}

/** A subcommand takes over how the program ends and what it prints. */
function add(program: Command, command: Command): void {
  program.addCommand(command.copyInheritedSettings(program))
}

function oneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
}

function serveCommand(): Command {
  return new Command('serve')
    .description('serve AWS KMS over HTTP')
    .option('--port <number>', 'port to listen on; 0 picks one (default: 4599)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--config <file>', 'principals, keys and trust anchors, in YAML or JSON')
    .option('--data <directory>', 'keep the state there (not built yet)')
    .option('--database-url <url>', 'keep the state in PostgreSQL (not built yet)')
    .option('--workers <number>', 'processes that answer requests (default: 1)')
    .option('--auth <mode>', 'open or strict (default: open)')
    .option('--tls', 'HTTPS, with a certificate made for this start')
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent')
    .addHelpText(
      'after',
      '\nexit code: 0 it was told to stop; 1 it could not start; 2 a flag or the config is wrong',
    )
    .action(async (flags: Record<string, string | boolean>) => {
      await (await import('./commands/serve.ts')).serve(flags)
    })
}

function attestCommand(): Command {
  return new Command('attest')
    .description('mint an attestation document under the simulated root; base64 on stdout')
    .addOption(
      new Option('--pcr <N=HEX>', 'a register and its value; repeatable')
        .argParser(collectPcr)
        .default(new Map(), 'none'),
    )
    .option('--eif <file>', 'an enclave image: gives PCR0, PCR1, PCR2, and PCR8 if it is signed')
    .option('--debug', 'as an enclave in debug mode: PCR0, PCR1, PCR2 and PCR8 are zero')
    .option('--role-arn <arn>', "the parent's role: gives PCR3")
    .option('--instance-id <id>', 'the parent instance: gives PCR4')
    .addOption(
      new Option('--platform <name>', 'what attests').choices(['nitro-enclave', 'nitro-tpm']),
    )
    .addOption(
      new Option('--public-key <file>', 'RSA public key to attest, PEM or DER').conflicts(
        'generateKey',
      ),
    )
    .option('--generate-key <file>', 'write a new RSA-2048 private key there, and attest its half')
    .option('--nonce <hex>', 'nonce')
    .option('--user-data <file>', 'user data')
    .option('--timestamp <time>', "the document's time, ISO 8601 (default: now)")
    .option('--out <file>', "write the document's bytes there instead")
    .addHelpText('after', '\nexit code: 0 the document is made; 2 a flag or a file is wrong')
    .action(async (flags: import('./commands/attest.ts').AttestFlags) => {
      await (await import('./commands/attest.ts')).attest(flags)
    })
}

function inspectCommand(): Command {
  return new Command('inspect')
    .description('say what a file is, and whether it may be believed, check by check')
    .argument('<file>', 'a file, or - for standard input')
    .option('--at <time>', "judge at that time, ISO 8601, or 'document' (default: now)")
    .option('--root <root>', 'simulated, aws, or a PEM file', 'simulated')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nexit code: 0 it may be believed; 1 it may not; 2 it cannot be read')
    .action(async (file: string, flags: import('./commands/inspect.ts').InspectFlags) => {
      await (await import('./commands/inspect.ts')).inspect(file, flags)
    })
}

function openCommand(): Command {
  return new Command('open')
    .description("open a CiphertextForRecipient with the enclave's private key")
    .argument('[file]', 'a file, or - for standard input', '-')
    .requiredOption('--key <file>', 'RSA private key, PKCS#8 or PKCS#1, PEM or DER')
    .addHelpText(
      'after',
      '\nexit code: 0 the plaintext is on stdout; 1 it cannot be opened; 2 a flag is wrong',
    )
    .action(async (file: string, flags: { key: string }) => {
      await (await import('./commands/open.ts')).open(file, flags)
    })
}

function xksProxyCommand(): Command {
  return new Command('xks-proxy')
    .description('an external key store proxy with keys in memory, for tests and demonstrations')
    .option('--port <number>', 'port to listen on; 0 picks one', '4600')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .requiredOption('--access-key-id <id>', 'of the credential that KMS signs with')
    .addOption(
      new Option('--secret-access-key <secret>', 'of the credential that KMS signs with')
        .env('ENCLAVE_KMS_XKS_SECRET_ACCESS_KEY')
        .makeOptionMandatory(),
    )
    .option('--uri-path <path>', 'where the API is: a prefix, and /kms/xks/v1', '/kms/xks/v1')
    .requiredOption(
      '--key <ID=KEY>',
      "an external key: 32 bytes in base64, or the word 'generated'; once or more",
      collect,
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent', 'warn')
    .action(async (flags: import('./commands/xks-proxy.ts').XksProxyFlags) => {
      await (await import('./commands/xks-proxy.ts')).xksProxy(flags)
    })
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

function notBuiltCommand(name: string): Command {
  return new Command(name)
    .description('not built yet')
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .action(() => {
      throw new Exit(2, `${name} is not built yet`)
    })
}

function collectPcr(text: string, before: Map<number, Buffer>): Map<number, Buffer> {
  const [, index, hex] = /^(0|[1-9]\d?)=([0-9a-f]{96})$/i.exec(text) ?? []
  if (index === undefined || hex === undefined) {
    const prefix = /=0x/i.test(text) ? ' without 0x' : ''
    throw new InvalidArgumentError(`expected N=HEX, with 96 hex digits${prefix}`)
  }
  return new Map([...before, [Number(index), Buffer.from(hex, 'hex')]])
}
