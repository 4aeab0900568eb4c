/**
 * Every text that the sources give to a Fault, read from their syntax: `new Fault(code, text)`, and
 * the calls of functions that pass a parameter on as such a text. A placeholder is `{}`.
 */
import ts from 'typescript'
import { lineOf, parse, walk, type Sources } from './house.ts'

export interface FaultText {
  /** The code, where it is written beside the text. */
  readonly code: string | undefined
  readonly text: string
  /** `lib/kms/policy.ts:34` */
  readonly where: string
}

/** What KMS answers with, and STS. */
const errors = ['Fault', 'StsError']

/** A function of one file whose parameter becomes a Fault's text. */
interface Maker {
  readonly name: string
  /** Which argument the text is. */
  readonly index: number
}

export function faultTexts(sources: Sources): FaultText[] {
  return [...sources].flatMap(([path, text]) => textsOf(path, parse(path, text)))
}

function textsOf(path: string, source: ts.SourceFile): FaultText[] {
  const makers = makersOf(source)
  const found: FaultText[] = []
  walk(source, (node) => {
    const given = textGiven(node, makers)
    for (const text of given ? literals(given.text) : []) {
      found.push({ code: given?.code, text, where: `${path}:${String(lineOf(node))}` })
    }
  })
  return found
}

/** The text that a node makes a Fault with. */
function textGiven(
  node: ts.Node,
  makers: readonly Maker[],
): { code: string | undefined; text: ts.Expression } | undefined {
  if (ts.isNewExpression(node) && errors.includes(node.expression.getText())) {
    const [code, text] = node.arguments ?? []
    if (!text) return undefined
    return { code: code && ts.isStringLiteral(code) ? code.text : undefined, text }
  }
  if (!ts.isCallExpression(node)) return undefined
  const maker = makers.find(({ name }) => name === node.expression.getText())
  const text = maker && node.arguments[maker.index]
  return text && { code: undefined, text }
}

/** Makers may stand on makers: looks until there are no more. */
function makersOf(source: ts.SourceFile): readonly Maker[] {
  const makers: Maker[] = []
  for (let before = -1; before < makers.length;) {
    before = makers.length
    walk(source, (node) => {
      const name = nameOfFunction(node)
      if (name === undefined || makers.some((maker) => maker.name === name)) return
      const index = textParameter(node as ts.FunctionLikeDeclaration, makers)
      if (index >= 0) makers.push({ name, index })
    })
  }
  return makers
}

function nameOfFunction(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node)) return node.name?.text
  const { parent } = node
  return ts.isArrowFunction(node) && ts.isVariableDeclaration(parent)
    ? parent.name.getText()
    : undefined
}

/** Which parameter a function makes a text of; -1 when none. */
function textParameter(node: ts.FunctionLikeDeclaration, makers: readonly Maker[]): number {
  const names = node.parameters.map(({ name }) => name.getText())
  let index = -1
  walk(node, (inner) => {
    const given = textGiven(inner, makers)
    if (!given || index >= 0) return
    const parts = ts.isTemplateExpression(given.text)
      ? given.text.templateSpans.map(({ expression }) => expression)
      : [given.text]
    index = names.findIndex((name) => parts.some((part) => part.getText() === name))
  })
  return index
}

/** The texts that an expression can be: a literal, a template, a sum, either side of `? :`. */
function literals(expression: ts.Expression): string[] {
  if (ts.isStringLiteralLike(expression)) return [expression.text]
  if (ts.isTemplateExpression(expression)) {
    const spans = expression.templateSpans.map(({ literal }) => `{}${literal.text}`)
    return [expression.head.text + spans.join('')]
  }
  if (ts.isConditionalExpression(expression)) {
    return [...literals(expression.whenTrue), ...literals(expression.whenFalse)]
  }
  if (ts.isParenthesizedExpression(expression)) return literals(expression.expression)
  if (ts.isBinaryExpression(expression)) {
    const [left = '', right = ''] = [literals(expression.left)[0], literals(expression.right)[0]]
    return [left + right]
  }
  return []
}
