/**
 * Where a path such as `Statement[2].Condition` stands in a text of JSON or YAML: the line that an
 * editor or a CI system shows. It judges nothing: in a text that is broken, or has no such path, it
 * gives the line of the nearest part that is there.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml'

/** The line of a path in the text; 1-based. */
export type Lines = (path: string) => number

/** The line of one path, 1-based: its own, or that of its nearest ancestor in the text. */
export function lineAt(text: string, path: string): number {
  return linesOf(text)(path)
}

/** Reads a text once, for many paths. */
export function linesOf(text: string): Lines {
  const lineCounter = new LineCounter()
  const root = parse(text, lineCounter)
  return (path) => {
    const offset = root ? offsetOf(root, path) : 0
    return Math.max(1, lineCounter.linePos(offset).line)
  }
}

function parse(text: string, lineCounter: LineCounter): Node | null {
  try {
    // Tags such as CloudFormation's !Sub are nothing to warn of here.
    return parseDocument(text, { lineCounter, uniqueKeys: false, logLevel: 'silent' }).contents
  } catch {
    // Nested deeper than the parser's stack: whoever reads the text itself refuses it.
    return null
  }
}

/** What a step leads to, where it stands, and the rest of the path. */
interface Step {
  readonly node: unknown
  readonly offset: number
  readonly rest: string
}

function offsetOf(root: Node, path: string): number {
  let at: Step = { node: root, offset: startOf(root), rest: path }
  while (at.rest !== '') {
    const next = isMap(at.node) ? stepByName(at) : stepByIndex(at)
    if (!next) break
    at = next
  }
  return at.offset
}

/** The rest of a path begins with a member's name. A name may have dots: the longest that fits. */
function stepByName({ node, offset, rest }: Step): Step | undefined {
  if (!isMap(node)) return undefined
  // A statement alone, without a list around it, is the list's first.
  if (rest.startsWith('[0]')) return { node, offset, rest: withoutDot(rest.slice('[0]'.length)) }
  let longest: Step | undefined
  let length = -1
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : undefined
    if (name === undefined || name.length <= length || !beginsWith(rest, name)) continue
    length = name.length
    longest = { node: value, offset: startOf(key), rest: withoutDot(rest.slice(length)) }
  }
  return longest
}

function stepByIndex({ node, offset, rest }: Step): Step | undefined {
  const [step = '', digits] = /^\[(\d{1,9})\]/.exec(rest) ?? []
  if (digits === undefined) return undefined
  const next = withoutDot(rest.slice(step.length))
  if (!isSeq(node)) return digits === '0' ? { node, offset, rest: next } : undefined
  const item = node.items[Number(digits)]
  return item === undefined ? undefined : { node: item, offset: startOf(item), rest: next }
}

function beginsWith(rest: string, name: string): boolean {
  return rest.startsWith(name) && /^(?:$|[.[])/.test(rest.slice(name.length))
}

function withoutDot(rest: string): string {
  return rest.startsWith('.') ? rest.slice(1) : rest
}

function startOf(node: unknown): number {
  const hasRange = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
  return (hasRange ? node.range?.[0] : undefined) ?? 0
}
