/**
 * The house's rules about imports, over sources given as text: who may import whom, no circles, and
 * nothing that an installed package would not find. Each rule returns its offenders, one line each.
 */
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'

/** Sources by their path from the project's root, with slashes: `lib/errors.ts`. */
export type Sources = ReadonlyMap<string, string>

/** From the top: a floor may import itself and whatever stands below. docs/architecture.md. */
const floors = [
  'lib/cli/',
  'lib/index.ts',
  'lib/cases/',
  'lib/config/',
  'lib/http/',
  'lib/sts/',
  'lib/kms/operations/',
  'lib/kms/',
  'lib/store/',
  'lib/enclave/',
  'lib/attest/',
  'lib/crypto/',
  'lib/iam/',
  'lib/codec/',
  'lib/errors.ts',
]

/** The one way up: whoever runs the operations has to have their table. */
const wayUp = { from: 'lib/kms/service.ts', to: 'lib/kms/operations/index.ts' }

export interface Import {
  readonly specifier: string
  /** Erased by the compiler. `import { type A }` is not: the module is still loaded. */
  readonly typeOnly: boolean
  /** From 1. */
  readonly line: number
}

/** A source's syntax tree, with parents. */
export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
}

/** Calls `visit` on every node of the tree. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => {
    walk(child, visit)
  })
}

/** From 1. */
export function lineOf(node: ts.Node): number {
  const source = node.getSourceFile()
  return source.getLineAndCharacterOfPosition(node.getStart()).line + 1
}

/** Every module that a source names: import, export … from, import(), import types, require. */
export function importsOf(path: string, text: string): Import[] {
  const found: Import[] = []
  walk(parse(path, text), (node) => {
    const named = namedModule(node)
    if (named && ts.isStringLiteralLike(named.module)) {
      const { module, typeOnly } = named
      found.push({ specifier: module.text, typeOnly, line: lineOf(node) })
    }
  })
  return found
}

function namedModule(node: ts.Node): { module: ts.Node; typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    return { module: node.moduleSpecifier, typeOnly }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { module: node.moduleSpecifier, typeOnly: node.isTypeOnly }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { module: node.argument.literal, typeOnly: true }
  }
  if (ts.isCallExpression(node) && node.arguments[0] && loadsModule(node.expression)) {
    return { module: node.arguments[0], typeOnly: false }
  }
  return undefined
}

/** `import(…)`, `require(…)` and `createRequire(…)(…)`. */
function loadsModule(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true
  if (ts.isIdentifier(callee)) return callee.text === 'require'
  return ts.isCallExpression(callee) && callee.expression.getText() === 'createRequire'
}

/** Imports of a floor above the importer's own, and files that stand on no floor. */
export function upwardImports(sources: Sources): string[] {
  const offenders: string[] = []
  for (const [path, text] of sources) {
    const floor = floorOf(path)
    if (floor < 0) offenders.push(`${path} stands on no floor`)
    for (const { target, line } of localImports(path, text)) {
      const isWayUp = path === wayUp.from && target === wayUp.to
      if (floorOf(target) < floor && !isWayUp) {
        offenders.push(`${path}:${line} imports ${target}, which is above it`)
      }
    }
  }
  return offenders
}

function floorOf(path: string): number {
  return floors.findIndex((floor) => path.startsWith(floor))
}

/** Every shortest way from a module back to itself, each circle once. */
export function circles(sources: Sources): string[] {
  const graph = new Map(
    [...sources].map(([path, text]) => [path, localImports(path, text).map((one) => one.target)]),
  )
  const found = new Map<string, string>()
  for (const path of graph.keys()) {
    const circle = shortestCircle(graph, path)
    if (circle) {
      const members = [...circle].sort().join()
      if (!found.has(members)) found.set(members, [...circle, path].join(' → '))
    }
  }
  return [...found.values()]
}

/** Breadth first; the modules on the way, beginning with `start`. */
function shortestCircle(graph: Map<string, string[]>, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const path of queue) {
    for (const target of graph.get(path) ?? []) {
      if (target === start) return wayTo(path, cameFrom)
      if (cameFrom.has(target)) continue
      cameFrom.set(target, path)
      queue.push(target)
    }
  }
  return undefined
}

function wayTo(path: string, cameFrom: Map<string, string>): string[] {
  const before = cameFrom.get(path)
  return before === undefined ? [path] : [...wayTo(before, cameFrom), path]
}

/** What package.json lets the sources import. */
export interface Packages {
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
}

/** Imports that name no file, no installed package, or a builtin without `node:`. */
export function brokenImports(sources: Sources, packages: Packages): string[] {
  const offenders: string[] = []
  for (const [path, text] of sources) {
    for (const found of importsOf(path, text)) {
      const problem = found.specifier.startsWith('.')
        ? fileProblem(path, found, sources)
        : packageProblem(found, packages)
      if (problem !== undefined) offenders.push(`${path}:${found.line} ${problem}`)
    }
  }
  return offenders
}

function fileProblem(path: string, { specifier }: Import, sources: Sources): string | undefined {
  // Data that a script made is imported too; the compiler makes sure that it is there.
  if (sources.has(resolve(path, specifier)) || specifier.endsWith('.json')) return undefined
  return specifier.endsWith('.ts')
    ? `imports ${specifier}: no such file`
    : `imports ${specifier}: want a path that ends in .ts`
}

function packageProblem({ specifier, typeOnly }: Import, packages: Packages): string | undefined {
  if (isBuiltin(specifier)) {
    return specifier.startsWith('node:')
      ? undefined
      : `imports ${specifier}: want node:${specifier}`
  }
  const parts = specifier.split('/', specifier.startsWith('@') ? 2 : 1)
  const name = parts.join('/')
  if (packages.dependencies.includes(name)) return undefined
  if (!packages.devDependencies.includes(name)) return `imports ${name}: not in package.json`
  return typeOnly ? undefined : `imports ${name}: a development dependency is for types only`
}

function localImports(path: string, text: string): { target: string; line: number }[] {
  return importsOf(path, text)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, line }) => ({ target: resolve(path, specifier), line }))
}

function resolve(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier)
}
