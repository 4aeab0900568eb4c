/**
 * What an organization's own resource control policy may say beside the grammar: AWS's
 * RCPFullAWSAccess alone allows, and only AWS's is about every service. Refuses Allow, `*` as an
 * action, and NotAction.
 * Source: AWS Organizations user guide, "RCP syntax".
 */
import type { PolicyDocument, Statement } from './document.ts'
import { PolicyError } from './policy-error.ts'

/** Throws PolicyError for what AWS Organizations does not store. */
export function checkResourceControl({ statements }: PolicyDocument): void {
  for (const statement of statements) checkStatement(statement)
}

function checkStatement({ index, effect, action }: Statement): void {
  const path = `Statement[${index}]`
  if (effect === 'Allow') {
    throw new PolicyError(
      `${path}.Effect`,
      'a resource control policy only denies: AWS attaches RCPFullAWSAccess itself',
    )
  }
  if (action?.negated) {
    throw new PolicyError(`${path}.NotAction`, 'a resource control policy has no NotAction')
  }
  if (action?.expected.includes('*')) {
    throw new PolicyError(
      `${path}.Action`,
      'an action of a resource control policy names its service, like "kms:*"',
    )
  }
}
