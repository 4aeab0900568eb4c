/**
 * The commands under `enclave-kms policy`, and what each takes: cases that test key policies, a search
 * for policies that do not protect what they seem to, and one decision explained.
 */
import { Command, InvalidArgumentError, Option } from 'commander'

/** How a command prints and ends is its parent's to say. */
export function policyCommand(parent: Command): Command {
  const policy = new Command('policy').description('test, check and explain key policies')
  policy.copyInheritedSettings(parent)
  for (const command of [testCommand(), lintCommand(), explainCommand()]) {
    policy.addCommand(command.copyInheritedSettings(policy))
  }
  return policy
}

function testCommand(): Command {
  return new Command('test')
    .description('run policy cases: *.cases.yaml, *.cases.yml and *.cases.json')
    .argument('[path...]', 'files, or folders to search (default: the current folder)')
    .addOption(
      new Option('--reporter <name>', 'how results are printed')
        .choices(['spec', 'tap', 'junit', 'json', 'github'])
        .default('spec'),
    )
    .option('--coverage', 'say which parts of each policy no case exercises')
    .option(
      '--mutate',
      'change each policy in small ways, and list the changes that no case notices',
    )
    .option('--min-coverage <percent>', '--coverage, and fail where it is less', readPercent)
    .option('--min-mutation-score <percent>', '--mutate, and fail where it is less', readPercent)
    .option('--watch', 'run again whenever a file changes')
    .option('--no-color', 'print without colours')
    .addHelpText(
      'after',
      '\nexit code: 0 all cases hold; 1 some do not, or a minimum is not reached; 2 a file is wrong',
    )
    .action(async (paths: string[], flags: import('./commands/policy-test.ts').PolicyTestFlags) => {
      await (await import('./commands/policy-test.ts')).policyTest(paths, flags)
    })
}

function readPercent(text: string): number {
  if (/^(?:100|\d{1,2})$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number from 0 to 100')
}

function lintCommand(): Command {
  return new Command('lint')
    .description('find key policies that do not protect what they seem to')
    .argument(
      '[path...]',
      'key policies in JSON; files of cases, which name one; folders of both (default: the current folder)',
    )
    .addOption(
      new Option('--format <name>', 'how findings are printed')
        .choices(['text', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option('--no-color', 'print without colours')
    .addHelpText(
      'after',
      '\nexit code: 0 nothing but notes; 1 an error or a warning; 2 a file cannot be read',
    )
    .action(async (files: string[], flags: import('./commands/policy-lint.ts').PolicyLintFlags) => {
      await (await import('./commands/policy-lint.ts')).policyLint(files, flags)
    })
}

function explainCommand(): Command {
  return new Command('explain')
    .description('decide one request, and say why')
    .option('--policy <file>', 'the key policy, in JSON')
    .option('--principal <arn>', 'the user, role or root user that asks')
    .option('--action <action>', 'what it asks for, like kms:Decrypt')
    .option('--pcr <N=HEX>', 'a register of the attestation document; repeatable', collect)
    .option('--eif <file>', 'the image that the document is of')
    .option('--debug', 'a document of an enclave in debug mode')
    .option('--platform <name>', 'what attests: nitro-enclave or nitro-tpm')
    .option('--document <file>', 'an attestation document, raw or in base64')
    .option('--context <KEY=VALUE>', 'a condition key; one that is repeated has several', collect)
    .option('--encryption-context <KEY=VALUE>', 'a pair of it; repeatable', collect)
    .option('--session-name <name>', "of the role's session")
    .option('--identity-policy <file>', 'of the principal; repeatable', collect)
    .option('--boundary <file>', "the principal's permissions boundary")
    .option('--session-policy <file>', 'of the session; repeatable', collect)
    .option(
      '--key <arn>',
      "the key (default: in the principal's account, with the id 1234abcd-12ab-34cd-56ef-1234567890ab)",
    )
    .option('--cases <file>', 'explain a case of a cases file instead')
    .option('--case <name>', 'its name')
    .option('--json', 'print JSON')
    .option('--no-color', 'print without colours')
    .addHelpText(
      'after',
      '\nexit code: 0 the request is allowed; 1 it is denied; 2 the input is wrong',
    )
    .action(async (flags: import('./commands/policy-explain.ts').PolicyExplainFlags) => {
      await (await import('./commands/policy-explain.ts')).policyExplain(flags)
    })
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}
