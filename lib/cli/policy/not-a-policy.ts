/**
 * What somebody may take for a key policy, because one stands in it: a Terraform plan or a
 * CloudFormation template. A cases file names the key in it.
 */

const selectors = {
  plan: (file: string) => `{ terraform: ${file}, address: aws_kms_key.app }`,
  template: (file: string) => `{ cloudformation: ${file}, resource: AppKey }`,
} as const

/** What it is and what to write instead, of a text that AWS would not take for a policy. */
export function otherThanPolicy(text: string, file: string): string | undefined {
  const kind = kindOf(text)
  if (kind === undefined) return undefined
  const name = kind === 'plan' ? 'a Terraform plan' : 'a CloudFormation template'
  const selector = `policy: ${selectors[kind](file)}`
  return `this is ${name}, not a key policy: name the key in it from a cases file, as ${selector}`
}

function kindOf(text: string): keyof typeof selectors | undefined {
  // A template may be YAML with tags of its own, which nothing here has to read.
  if (/^(?:AWSTemplateFormatVersion|Resources) *:/m.test(text)) return 'template'
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || 'Statement' in value) return undefined
  if ('planned_values' in value || 'resource_changes' in value) return 'plan'
  return 'Resources' in value || 'AWSTemplateFormatVersion' in value ? 'template' : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
