/**
 * Numbers of a YAML text that would not stay as they are written: 012345678901 would become another
 * account. A number that is read has to print as its author wrote it.
 */
import { isMap, isPair, isScalar, isSeq, visit, type Document, type Scalar } from 'yaml'
import { ChangedNumber } from './changed-number.ts'

/** The path of the first; undefined where there is none. */
export function findChangedNumber(document: Document): string | undefined {
  let found: string | undefined
  visit(document, {
    Scalar: (_, node, ancestors) => {
      if (!isChanged(node)) return undefined
      found = pathOf([...ancestors, node])
      return visit.BREAK
    },
  })
  return found
}

/** Puts a ChangedNumber in the place of each. */
export function keepChangedNumbers(document: Document): void {
  visit(document, {
    Scalar: (key, node) => {
      if (key !== 'key' && isChanged(node)) node.value = new ChangedNumber(node.source ?? '')
    },
  })
}

function isChanged({ value, source }: Scalar): boolean {
  return typeof value === 'number' && source !== undefined && String(value) !== source
}

/** `cases[0].context.aws:SourceAccount` */
function pathOf(nodes: readonly unknown[]): string {
  let path = ''
  for (const [index, node] of nodes.entries()) {
    const next = nodes[index + 1]
    if (isSeq(node)) path += `[${String(node.items.indexOf(next))}]`
    if (!isMap(node) || !isPair(next)) continue
    const name = isScalar(next.key) ? (next.key.source ?? String(next.key.value)) : ''
    path += path === '' ? name : `.${name}`
  }
  return path
}
