/**
 * The short forms of CloudFormation's functions in YAML, read as their full forms: `!Ref X` is
 * `{ Ref: X }`, `!GetAtt A.B` is `{ 'Fn::GetAtt': A.B }`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-format-yaml.html
 */
import { Pair, Scalar, YAMLMap, type CollectionTag, type ScalarTag, type YAMLSeq } from 'yaml'

/** Every function that has one; which of them can be resolved is not asked here. */
const functions = [
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'ForEach', 'GetAtt', 'GetAZs', 'If'],
  ...['ImportValue', 'Join', 'Length', 'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString'],
  'Transform',
].map((name) => [`!${name}`, `Fn::${name}`] as const)

const fullForms = [...functions, ['!Ref', 'Ref'], ['!Condition', 'Condition']] as const

/** A tag for a scalar, for a list and for a map each. */
export const shortTags = fullForms.flatMap(([tag, name]): (ScalarTag | CollectionTag)[] => [
  { tag, resolve: (text) => ({ [name]: text }) },
  { tag, collection: 'seq', resolve: (list) => full(name, list) },
  { tag, collection: 'map', resolve: (map) => full(name, map) },
])

function full(name: string, argument: YAMLMap | YAMLSeq): YAMLMap {
  const map = new YAMLMap()
  map.items.push(new Pair(new Scalar(name), argument))
  return map
}
