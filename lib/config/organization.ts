/**
 * The organization of a config, of which the default account is a member, or of a cases file, of
 * which the key's is: its id, its policies, and where in its tree the account hangs. Refuses a path
 * that begins with another organization.
 */
import type { Organization } from '../kms/organization.ts'
import { attachedPolicy } from './policies.ts'
import { inside, list, optional, record, text, withDefault, wrong, type Read } from './read.ts'

/** As it is written: its member is not known yet. */
export type WrittenOrganization = Omit<Organization, 'account'>

/** AWS Organizations API reference, Path. */
const pathForm = /^o-[a-z0-9]{10,32}\/r-[a-z0-9]{4,32}\/(?:ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}\/)*$/

const readMembers = record<WrittenOrganization>({
  id: text('a text: o- and 10 to 32 lower-case letters or digits', /^o-[a-z0-9]{10,32}$/),
  path: optional(text('a text: o-…/r-…/ with any number of ou-…-…/', pathForm)),
  serviceControlPolicies: withDefault(list(attachedPolicy('serviceControl')), []),
  resourceControlPolicies: withDefault(list(attachedPolicy('resourceControl')), []),
})

export const readOrganization: Read<WrittenOrganization> = (value, place) => {
  const members = readMembers(value, place)
  const { id, path } = members
  if (path === undefined || path.startsWith(`${id}/`)) return members
  throw wrong(inside(place, 'path'), 'want a path that begins with the id of the organization')
}
