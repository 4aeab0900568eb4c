/**
 * The house's rules about single files, over sources given as text: heads, sizes, a test per module,
 * one file per operation, nothing left over. Each rule returns its offenders, one line each.
 */
import ts from 'typescript'
import { lineOf, parse, walk, type Sources } from './house.ts'

/** Ours: what a reader takes in at once. */
const limits = {
  fileLines: 350,
  operationLines: 110,
  functionLines: 60,
  headLines: 6,
  headLetters: 30,
}

const operationsFolder = 'lib/kms/operations/'
const operationsTable = `${operationsFolder}index.ts`

/** Files that do not open with one to three sentences on what they are. */
export function poorHeads(sources: Sources): string[] {
  const offenders: string[] = []
  for (const [path, text] of sources) {
    const problem = headProblem(text)
    if (problem !== undefined) offenders.push(`${path} ${problem}`)
  }
  return offenders
}

function headProblem(text: string): string | undefined {
  const [range] = ts.getLeadingCommentRanges(text, ts.getShebang(text)?.length ?? 0) ?? []
  const comment = range && text.slice(range.pos, range.end)
  if (!comment?.startsWith('/**')) return 'has no head: want a block comment before all code'
  const lines = comment
    .slice(3, -2)
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\s*\*\s?/, ''))
  if (lines.length > limits.headLines) return `has a head of more than ${limits.headLines} lines`
  // The clause that a file follows may stand below the sentences, as a link.
  const sentences = lines
    .filter((line) => !line.startsWith('https://'))
    .join(' ')
    .trim()
  if (sentences.length < limits.headLetters) return 'has a head that says too little'
  if (!/[.!?][)'"`]*$/.test(sentences)) return 'has a head that does not end as a sentence does'
  return undefined
}

/** Files and functions that are too long to be read at once. */
export function tooLong(sources: Sources): string[] {
  const offenders: string[] = []
  for (const [path, text] of sources) {
    const lines = text.split('\n').length - 1
    const limit = isOperationFile(path) ? limits.operationLines : limits.fileLines
    if (lines > limit) offenders.push(`${path} has ${lines} lines: at most ${limit}`)
    walk(parse(path, text), (node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return
      const length = text.slice(node.getStart(), node.getEnd()).split('\n').length
      if (length > limits.functionLines) {
        offenders.push(
          `${path}:${lineOf(node)} has a function of ${length} lines: at most ${limits.functionLines}`,
        )
      }
    })
  }
  return offenders
}

/**
 * Modules without a test of their own, `lib/a/b.ts` having `test/a/b.test.ts`, unless `covered` lists
 * them under the test that drives them. A module of nothing but types has nothing to test. What is
 * listed and wrong, or needless, is an offender too.
 */
export function untested(
  sources: Sources,
  tests: ReadonlySet<string>,
  covered: Readonly<Record<string, readonly string[]>>,
): string[] {
  const listed = new Set(Object.values(covered).flat())
  const offenders: string[] = []
  for (const [path, text] of sources) {
    if (!tests.has(testOf(path)) && !listed.has(path) && hasCode(path, text)) {
      offenders.push(`${path} has no ${testOf(path)}`)
    }
  }
  for (const test of Object.keys(covered)) {
    if (!tests.has(test)) offenders.push(`${test} is listed and does not exist`)
  }
  for (const path of listed) {
    if (!sources.has(path)) offenders.push(`${path} is listed and does not exist`)
    else if (tests.has(testOf(path))) offenders.push(`${path} is listed and has a test of its own`)
  }
  return offenders
}

function testOf(path: string): string {
  return path.replace(/^lib\//, 'test/').replace(/\.[jt]s$/, '.test.ts')
}

/** Whether anything is left of a module once the compiler has erased its types. */
function hasCode(path: string, text: string): boolean {
  return parse(path, text).statements.some(
    (statement) =>
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isTypeAliasDeclaration(statement) &&
      !(
        ts.isImportDeclaration(statement) &&
        statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      ) &&
      !(ts.isExportDeclaration(statement) && statement.isTypeOnly),
  )
}

/** Operations that are not one row, one file and one export of the same name. */
export function oddOperations(sources: Sources): string[] {
  const table = parse(operationsTable, sources.get(operationsTable) ?? '')
  const rows = rowsOf(table)
  const offenders = rows
    .filter((name) => !sources.has(operationFile(name)))
    .map((name) => `${name} is a row and has no file ${operationFile(name)}`)
  const twice = rows.filter((name, index) => rows.indexOf(name) !== index)
  offenders.push(...twice.map((name) => `${name} is two rows`))
  for (const [path, text] of sources) {
    if (!isOperationFile(path)) continue
    const names = exportsOf(parse(path, text))
    const [name = ''] = names
    if (names.length !== 1) offenders.push(`${path} exports ${names.join(', ') || 'nothing'}`)
    else if (operationFile(name) !== path) offenders.push(`${path} exports ${name}`)
    else if (!rows.includes(name)) offenders.push(`${path} is no row of the table`)
    if (names.length === 1 && nameGiven(parse(path, text), name) !== name) {
      offenders.push(`${path} does not call its operation '${name}'`)
    }
  }
  return offenders
}

function isOperationFile(path: string): boolean {
  return path.startsWith(operationsFolder) && path !== operationsTable
}

/** `ReEncrypt` is in `re-encrypt.ts`. */
function operationFile(name: string): string {
  return `${operationsFolder}${name.replaceAll(/\B[A-Z]/g, '-$&').toLowerCase()}.ts`
}

/** The identifiers in the array that is called `rows`. */
function rowsOf(table: ts.SourceFile): string[] {
  const rows: string[] = []
  walk(table, (node) => {
    if (!ts.isVariableDeclaration(node) || node.name.getText() !== 'rows') return
    walk(node, (inner) => {
      if (ts.isArrayLiteralExpression(inner)) rows.push(...inner.elements.map((e) => e.getText()))
    })
  })
  return rows
}

/** The names of all exports, types included. */
function exportsOf(source: ts.SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)) {
      return [statement.getText()]
    }
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
    if (!modifiers?.some(isExport)) return []
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name.getText())
    }
    return [(statement as ts.Statement & { name?: ts.Identifier }).name?.text ?? 'default']
  })
}

/** The first text that the export's initializer is called with: `operation('Decrypt', …)`. */
function nameGiven(source: ts.SourceFile, name: string): string | undefined {
  let given: string | undefined
  walk(source, (node) => {
    if (!ts.isVariableDeclaration(node) || node.name.getText() !== name) return
    const [first] =
      node.initializer && ts.isCallExpression(node.initializer) ? node.initializer.arguments : []
    if (first && ts.isStringLiteral(first)) given = first.text
  })
  return given
}

/** Absolute paths of somebody's machine; `//host/home` and `./tmp/x` are something else. */
const machinePath =
  /(?:^|[^\w./:-])\/(?:home|Users|root|work|farm|tmp|private|mnt)\/\w|\b[A-Z]:\\{1,2}Users\b/
/** In brackets, so that this line is none of its own findings. */
const unfinished = /\b(?:TO[D]O|FIX[M]E|XX[X])\b/

/** Files of any kind that name a machine's paths or unfinished work. */
export function leftovers(files: Sources): string[] {
  const offenders: string[] = []
  for (const [path, text] of files) {
    text.split('\n').forEach((line, index) => {
      if (machinePath.test(line)) offenders.push(`${path}:${index + 1} names a machine's path`)
      if (unfinished.test(line)) offenders.push(`${path}:${index + 1} is unfinished`)
    })
  }
  return offenders
}

/** What a text says of a file of this project, with its folder. */
const mention =
  /(?<![\w./@-])(?:bench|certs|docs|examples|lib|policies|scripts|test)\/[\w./-]+\.[a-z]+\b/g

/** Comments and pages that name files of the project which are not there. */
export function deadMentions(files: Sources, exists: (path: string) => boolean): string[] {
  const offenders: string[] = []
  for (const [path, text] of files) {
    text.split('\n').forEach((line, index) => {
      for (const [name] of line.matchAll(mention)) {
        if (!exists(name)) offenders.push(`${path}:${index + 1} names ${name}: no such file`)
      }
    })
  }
  return offenders
}

/** Tests that shut out the others, and skipped tests that do not say why in their title. */
export function focusedOrSkipped(tests: Sources): string[] {
  const shared = new Map<string, string>()
  for (const [path, text] of tests) {
    for (const [name, literal] of constantsOf(parse(path, text), true)) shared.set(name, literal)
  }
  const offenders: string[] = []
  for (const [path, text] of tests) {
    const source = parse(path, text)
    const constants = new Map([...shared, ...constantsOf(source, false)])
    walk(source, (node) => {
      if (!ts.isPropertyAccessExpression(node) || !isSuite(node.expression)) return
      const at = `${path}:${lineOf(node)}`
      if (node.name.text === 'only') offenders.push(`${at} shuts out every other test`)
      if (node.name.text !== 'skip') return
      if (expressionsAround(node).some((one) => reason.test(textIn(one, constants)))) return
      offenders.push(`${at} skips without a reason in the title: want (skipped: …)`)
    })
  }
  return offenders
}

const reason = /\((?:skipped|needs|stale|not built)\b/

/** `it`, `describe` and what else mocha calls them; `this` in a test or a hook. */
function isSuite(node: ts.Expression): boolean {
  if (node.kind === ts.SyntaxKind.ThisKeyword) return true
  return ts.isIdentifier(node) && ['it', 'describe', 'context', 'specify'].includes(node.text)
}

/**
 * The titles of the calls that a skip is part of. One without a title of its own, `this.skip()` or
 * `present ? it : it.skip`, may have its reason elsewhere in its block.
 */
function expressionsAround(skip: ts.Node): ts.Node[] {
  const { parent } = skip
  const hasTitle = ts.isCallExpression(parent) && parent.arguments.length > 0
  const found = hasTitle ? [] : [blockOf(skip)]
  for (let node = skip; !ts.isSourceFile(node); node = node.parent) {
    const title = ts.isCallExpression(node) && node.arguments[0]
    if (title) found.push(title)
  }
  return found
}

function blockOf(node: ts.Node): ts.Node {
  return ts.isBlock(node) || ts.isSourceFile(node) ? node : blockOf(node.parent)
}

/** The literal text in an expression, and in the constants that it names. */
function textIn(expression: ts.Node, constants?: ReadonlyMap<string, string>): string {
  const parts: string[] = []
  walk(expression, (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) parts.push(node.text)
    else if (ts.isIdentifier(node)) parts.push(constants?.get(node.text) ?? '')
  })
  return parts.join('…')
}

/** The literal text of a source's constants, by their names; of the exported ones only. */
function constantsOf(source: ts.SourceFile, exported: boolean): Map<string, string> {
  const constants = new Map<string, string>()
  walk(source, (node) => {
    if (!ts.isVariableStatement(node)) return
    if (exported && !node.modifiers?.some(isExport)) return
    for (const { name, initializer } of node.declarationList.declarations) {
      // A function counts where it is one expression: `(title) => title + note`.
      const hasBlock = initializer && ts.isFunctionLike(initializer) && ts.isBlock(initializer.body)
      if (initializer && !hasBlock) constants.set(name.getText(), textIn(initializer))
    }
  })
  return constants
}

function isExport({ kind }: ts.ModifierLike): boolean {
  return kind === ts.SyntaxKind.ExportKeyword
}
