/**
 * The rules about which registers a policy pins together: what each says of the code that runs, and
 * what it leaves open. Sources: Nitro Enclaves user guide, "Cryptographic attestation" (PCR0 to PCR8);
 * EC2 user guide, "NitroTPM attestation" (PCR4, PCR7, PCR12).
 */
import { recipientActions } from './actions.ts'
import type { Hit } from './finding.ts'
import { patternsOf } from './reach.ts'
import type { PolicyView, Rule } from './rule.ts'
import type { AttestationCondition, Register, StatementView } from './statement-view.ts'
import { limitsCaller } from './caller-limits.ts'

/** What a document has to meet in one statement. */
interface Gate {
  readonly view: StatementView
  readonly conditions: readonly AttestationCondition[]
  readonly enclave: ReadonlySet<number>
  readonly tpm: ReadonlySet<number>
}

export const registerRules: readonly Rule[] = [
  {
    id: 'any-enclave',
    severity: 'error',
    about:
      'The conditions ask for some document and pin nothing in it, as Null: false and StringLike * ' +
      'do: every enclave meets them, one with an image of your attacker included.',
    fix: 'pin PCR0 (ImageSha384), or PCR8, with StringEqualsIgnoreCase',
    find: overGates(({ conditions, enclave, tpm }) => {
      if (enclave.size + tpm.size > 0) return null
      return at(conditions[0], 'every enclave meets this: it pins no measurement')
    }),
  },
  {
    id: 'image-not-pinned',
    severity: 'error',
    about:
      'Registers are pinned that do not say which code runs: PCR1 is the kernel, PCR3 the role of the ' +
      'parent, PCR4 the instance. Whoever has the instance can run another image there.',
    fix: 'pin the image (PCR0 or ImageSha384) or its signer (PCR8) as well',
    find: overGates((gate) => {
      if (gate.enclave.size === 0 || hasImage(gate) || gate.enclave.has(8)) return null
      const names = [...gate.enclave].map((index) => `PCR${index}`).join(', ')
      return at(
        pinned(gate, 'nitro-enclave'),
        `${names} without an image or a signer admits any image`,
      )
    }),
  },
  {
    id: 'image-anywhere',
    severity: 'warning',
    about:
      'The image is pinned, and neither the caller nor the parent is: anyone who has a copy of the ' +
      'image can run it on an instance of their own, and feed it what they like.',
    fix: 'name the role as the principal, or pin PCR3 (role), PCR4 (instance) or PCR8 (signer)',
    find: overGates((gate) => {
      const isPlaced = [3, 4, 8].some((index) => gate.enclave.has(index))
      if (!hasImage(gate) || isPlaced || !isForEveryone(gate.view)) return null
      return at(
        pinned(gate, 'nitro-enclave'),
        'whoever has this image may use the key, on any instance',
      )
    }),
  },
  {
    id: 'signer-only',
    severity: 'note',
    about:
      'Only the signing certificate is pinned (PCR8): every image that it ever signed is admitted, old ' +
      'ones with known holes among them, and whatever is signed with it in future.',
    fix: 'pin PCR0 as well, or list the images that are retired in a Deny',
    find: overGates((gate) => {
      if (!gate.enclave.has(8) || hasImage(gate)) return null
      return at(
        pinned(gate, 'nitro-enclave', 8),
        'every image of this signer is admitted, old ones too',
      )
    }),
  },
  {
    id: 'tpm-command-line',
    severity: 'error',
    about:
      'NitroTPM PCR4 is the boot image, and PCR12 the kernel command line. Without PCR12 the image may ' +
      'be booted with any command line, one that gives a shell included.',
    fix: 'pin NitroTPMPCR12 as well: 96 zeros where nothing is added to the command line',
    find: overGates((gate) => {
      if (!gate.tpm.has(4) || gate.tpm.has(12)) return null
      return at(
        pinned(gate, 'nitro-tpm', 4),
        'NitroTPMPCR4 without NitroTPMPCR12: any command line',
      )
    }),
  },
  {
    id: 'tpm-not-pinned',
    severity: 'error',
    about:
      'NitroTPM registers are pinned that do not say what was booted: that is PCR4, the boot image, or ' +
      'PCR7, the Secure Boot policy.',
    fix: 'pin NitroTPMPCR4 with NitroTPMPCR12, or NitroTPMPCR7',
    find: overGates((gate) => {
      const own = [...gate.tpm].filter((index) => index > 1)
      if (own.length === 0 || gate.tpm.has(4) || gate.tpm.has(7)) return null
      return at(pinned(gate, 'nitro-tpm', own[0]), 'this says nothing of the image that was booted')
    }),
  },
  {
    id: 'tpm-aws-register',
    severity: 'warning',
    about:
      'NitroTPM PCR0 and PCR1 are of the firmware, which AWS sets: they say nothing of your image, and ' +
      'change when AWS changes it.',
    fix: 'leave it out, and pin NitroTPMPCR4 with NitroTPMPCR12, or NitroTPMPCR7',
    *find({ statements }) {
      for (const { attestation } of statements) {
        for (const { register, pins, path, condition } of attestation) {
          if (!pins || register?.platform !== 'nitro-tpm' || register.index > 1) continue
          yield { path, message: `${condition.key} is AWS's firmware, not yours` }
        }
      }
    },
  },
  {
    id: 'mixed-platforms',
    severity: 'error',
    about:
      'One statement asks for a register of an enclave and for one of a NitroTPM. A document is of one ' +
      'kind or of the other, and has no keys of the other: the statement never applies.',
    fix: 'write a statement for each kind of document',
    *find({ statements }) {
      for (const view of statements) {
        const other = isMixed(view)
        if (other) {
          yield { path: other.path, message: 'no document has both enclave and NitroTPM registers' }
        }
      }
    },
  },
]

type GateRule = (gate: Gate) => Hit | null

/** Each place once, though several actions and several statements share it. */
function overGates(rule: GateRule): Rule['find'] {
  return function* (policy) {
    const seen = new Set<string>()
    for (const gate of gatesOf(policy)) {
      const hit = rule(gate)
      if (!hit || seen.has(hit.path)) continue
      seen.add(hit.path)
      yield hit
    }
  }
}

const known = new WeakMap<PolicyView, readonly Gate[]>()

function gatesOf(policy: PolicyView): readonly Gate[] {
  const gates = known.get(policy) ?? [...findGates(policy)]
  known.set(policy, gates)
  return gates
}

function* findGates({ reach }: PolicyView): Generator<Gate> {
  for (const view of reach.allows) {
    if (isMixed(view)) continue
    for (const action of recipientActions) {
      const isClosed = reach.opennessOfAny(view, action) === 'closed'
      const conditions = isClosed ? reach.gate(view, action) : null
      // A key that is misspelt pins nothing, and its own rule says so.
      if (!conditions || conditions.some(({ register }) => register === null)) continue
      const enclave = pinnedRegisters(conditions, 'nitro-enclave')
      const tpm = pinnedRegisters(conditions, 'nitro-tpm')
      yield { view, conditions, enclave, tpm }
    }
  }
}

function pinnedRegisters(
  conditions: readonly AttestationCondition[],
  platform: Register['platform'],
): Set<number> {
  const found = conditions.filter(({ pins, register }) => pins && register?.platform === platform)
  return new Set(found.map(({ register }) => register?.index ?? 0))
}

/** PCR1 and PCR2 together measure what PCR0 does. */
function hasImage({ enclave }: Gate): boolean {
  return enclave.has(0) || (enclave.has(1) && enclave.has(2))
}

/** The first condition that pins a register of the platform, or that register. */
function pinned(
  { conditions }: Gate,
  platform: Register['platform'],
  index?: number,
): AttestationCondition | undefined {
  return conditions.find(
    ({ pins, register }) =>
      pins && register?.platform === platform && (index === undefined || register.index === index),
  )
}

function at(condition: AttestationCondition | undefined, message: string): Hit | null {
  return condition ? { path: condition.path, message } : null
}

function isForEveryone(view: StatementView): boolean {
  return patternsOf(view).some(({ kind }) => kind === 'everyone') && !view.others.some(limitsCaller)
}

/** The first condition of the second kind; undefined where one document can meet all. */
function isMixed({ attestation }: StatementView): AttestationCondition | undefined {
  const wanted = attestation.filter(({ holdsUnattested }) => !holdsUnattested)
  const [first] = wanted.filter(({ register }) => register !== null)
  return wanted.find(({ register }) => register && register.platform !== first?.register?.platform)
}
