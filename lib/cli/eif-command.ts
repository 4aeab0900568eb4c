/**
 * The commands under `enclave-kms eif`, and what each takes: images described as nitro-cli describes
 * them. Building and signing images is a part that is not built yet.
 */
import { Command } from 'commander'
import { Exit } from './exit.ts'

/** How a command prints and ends is its parent's to say. */
export function eifCommand(parent: Command): Command {
  const eif = new Command('eif').description('describe enclave images')
  eif.copyInheritedSettings(parent)
  for (const command of [describeCommand(), ...['build', 'sign'].map(notBuiltCommand)]) {
    eif.addCommand(command.copyInheritedSettings(eif))
  }
  return eif
}

function describeCommand(): Command {
  return new Command('describe')
    .description('print what nitro-cli describe-eif prints of an image: measurements and more')
    .argument('<file>', 'an enclave image file, or - for standard input')
    .action(async (file: string) => {
      await (await import('./commands/eif-describe.ts')).eifDescribe(file)
    })
}

function notBuiltCommand(name: string): Command {
  return new Command(name)
    .description('not built yet')
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .action(() => {
      throw new Exit(2, `eif ${name} is not built yet`)
    })
}
