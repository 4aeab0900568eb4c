/**
 * The metadata section of an EIF: who built the image, when and with what, in JSON. Refuses what
 * nitro-cli cannot read either, which is any of its five members missing or of another type, and a
 * member that is there twice.
 * https://github.com/aws/aws-nitro-enclaves-image-format#eifsectionmetadata
 */
import { isUtf8 } from 'node:buffer'
import { DecodeError } from '../errors.ts'
import { isObject, readJson, type Json, type JsonObject } from '../iam/json.ts'
import { PolicyError } from '../iam/policy-error.ts'

export interface EifMetadata {
  readonly imageName: string
  readonly imageVersion: string
  /** The members of `BuildMetadata`, in nitro-cli's order. */
  readonly build: ReadonlyMap<(typeof buildMembers)[number], string>
  /** What `docker inspect` says; null for an image that was not built from one. */
  readonly dockerInfo: Json
  /** Whatever the builder added. */
  readonly custom: JsonObject
}

const buildMembers = [
  'BuildTime',
  'BuildTool',
  'BuildToolVersion',
  'OperatingSystem',
  'KernelVersion',
] as const

/** Reads the section's data. Code: EIF_METADATA. */
export function readEifMetadata(section: Uint8Array): EifMetadata {
  const metadata = objectOf(parse(section), 'want an object')
  const build = objectOf(memberOf(metadata, 'BuildMetadata'), 'BuildMetadata: want an object')
  return {
    imageName: textOf(metadata, 'ImageName'),
    imageVersion: textOf(metadata, 'ImageVersion'),
    build: new Map(buildMembers.map((name) => [name, textOf(build, name)])),
    dockerInfo: memberOf(metadata, 'DockerInfo'),
    custom: customOf(memberOf(metadata, 'CustomMetadata')),
  }
}

function parse(section: Uint8Array): Json {
  if (!isUtf8(section)) refuse('not UTF-8')
  try {
    return readJson(Buffer.from(section).toString())
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    refuse(error.path === '' ? error.message : `${error.path}: ${error.message}`)
  }
}

/** It is printed among the other members, so nitro-cli fails on anything that has none. */
function customOf(custom: Json): JsonObject {
  return custom === null ? new Map() : objectOf(custom, 'CustomMetadata: want an object or null')
}

function textOf(object: JsonObject, name: string): string {
  const text = memberOf(object, name)
  if (typeof text !== 'string') refuse(`${name}: want a text`)
  return text
}

function memberOf(object: JsonObject, name: string): Json {
  const value = object.get(name)
  if (value === undefined) refuse(`${name} is missing`)
  return value
}

function objectOf(value: Json, wanted: string): JsonObject {
  if (!isObject(value)) refuse(wanted)
  return value
}

function refuse(message: string): never {
  throw new DecodeError('EIF_METADATA', `the metadata section: ${message}`)
}
