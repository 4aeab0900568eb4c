/** Which members a reader asks a value for: what it knows, by the path of the map that may have them. */

/** Paths as in `cases[0].attestation`, with the names that are there, and those asked for. */
export type Asked = Map<string, { readonly given: readonly string[]; readonly names: Set<string> }>

/** The value, with every look at one of its members written down. */
export function watched(value: unknown, asked: Asked, path = ''): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return value.map((item, index) => watched(item, asked, `${path}[${index}]`))
  const names = new Set<string>()
  asked.set(path, { given: Object.keys(value), names })
  const entries = Object.entries(value).map(([name, member]) => [
    name,
    watched(member, asked, path === '' ? name : `${path}.${name}`),
  ])
  return new Proxy(Object.fromEntries(entries) as object, {
    getOwnPropertyDescriptor: (target, name) => {
      names.add(String(name))
      return Reflect.getOwnPropertyDescriptor(target, name)
    },
  })
}

/** The names that Object.hasOwn is asked for while something runs. */
export function namesAsked(run: () => void): Set<string> {
  const names = new Set<string>()
  const { hasOwn } = Object
  Object.hasOwn = (object, name) => {
    names.add(String(name))
    return hasOwn(object, name)
  }
  try {
    run()
  } finally {
    Object.hasOwn = hasOwn
  }
  return names
}
