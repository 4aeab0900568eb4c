/**
 * The quotas of a config: off unless one is set, or `defaults` asks for AWS's own. Refuses names that
 * AWS has no quota for. See docs/config.md.
 */
import { resourceQuotas, type QuotaSettings, type ResourceQuota } from '../kms/quotas.ts'
import { rateNames } from '../kms/request-rates.ts'
import { optional, record, wantsOf, whole, withDefault, type Read } from './read.ts'

/** Ours. */
const mostThings = 1_000_000_000
const mostRequests = 1_000_000

/** Requests a second: AWS has fractions. */
const rate: Read<number> = (value, place) => {
  if (typeof value === 'number' && value > 0 && value <= mostRequests) return value
  throw wantsOf(place, `a number above 0, up to ${String(mostRequests)}`, value)
}

const isOn: Read<boolean> = (value, place) => {
  if (typeof value === 'boolean') return value
  throw wantsOf(place, 'true or false', value)
}

type Rates = QuotaSettings['requestRates']

/** `group.member` stands in the file as a member of a group. */
const readRates: Read<Rates> = (value, place) => {
  const given = groupsReader(value, place)
  return Object.fromEntries(
    rateNames.flatMap((name) => {
      const [group = '', member] = name.split('.')
      const inGroup = given[group]
      const set = typeof inGroup === 'object' ? inGroup[member ?? ''] : inGroup
      return set === undefined ? [] : [[name, set]]
    }),
  )
}

type Group = Readonly<Record<string, number | undefined>>

const groupsReader = record<Readonly<Record<string, Group | number | undefined>>>(
  Object.fromEntries(
    [...groups()].map(([group, members]) => [
      group,
      optional<Group | number>(
        members.length === 0
          ? rate
          : record<Group>(Object.fromEntries(members.map((member) => [member, optional(rate)]))),
      ),
    ]),
  ),
)

function groups(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const name of rateNames) {
    const [group = '', member] = name.split('.')
    const members = found.get(group) ?? []
    if (member !== undefined) members.push(member)
    found.set(group, members)
  }
  return found
}

type Members = Readonly<Record<ResourceQuota, number | undefined>> & {
  readonly defaults: boolean
  readonly requestRates: Rates
}

const readMembers = record<Members>({
  ...(Object.fromEntries(
    resourceQuotas.map((quota) => [quota, optional(whole(0, mostThings))]),
  ) as Readonly<Record<ResourceQuota, Read<number | undefined>>>),
  defaults: withDefault(isOn, false),
  requestRates: withDefault(readRates, {}),
})

/** Undefined where there are none. */
export const readQuotas: Read<QuotaSettings | undefined> = (value, place) => {
  const { defaults, requestRates, ...resources } = readMembers(value, place)
  const set = [...Object.values(resources), ...Object.values(requestRates)]
  const isOff = !defaults && set.every((one) => one === undefined)
  return isOff ? undefined : { defaults, resources, requestRates }
}
