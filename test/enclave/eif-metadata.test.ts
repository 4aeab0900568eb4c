import assert from 'node:assert/strict'
import { readEifMetadata } from '../../lib/enclave/eif-metadata.ts'
import { metadata } from '../support/write-eif.ts'

function section(change: Record<string, unknown> = {}): Buffer {
  return Buffer.from(JSON.stringify({ ...metadata, ...change }))
}

function without(name: string): Buffer {
  return section({ [name]: undefined })
}

const malformed: readonly (readonly [name: string, section: Buffer, message: string])[] = [
  ['no bytes', Buffer.alloc(0), 'not JSON: it ends too early at line 1, column 1'],
  ['bytes that are not UTF-8', Buffer.from('7b22ff223a317d', 'hex'), 'not UTF-8'],
  ['a list', Buffer.from('[]'), 'want an object'],
  ['null', Buffer.from('null'), 'want an object'],
  [
    'text after the object',
    Buffer.concat([section(), Buffer.from('x')]),
    `not JSON: an unexpected character at line 1, column ${section().length + 1}`,
  ],
  [
    'a member that is there twice',
    Buffer.from('{"ImageName":"a","ImageName":"b"}'),
    'ImageName: the member is there twice: ImageName, at line 1, column 18',
  ],
  ['no name', without('ImageName'), 'ImageName is missing'],
  ['no version', without('ImageVersion'), 'ImageVersion is missing'],
  ['no build metadata', without('BuildMetadata'), 'BuildMetadata is missing'],
  ['no Docker information', without('DockerInfo'), 'DockerInfo is missing'],
  ['no custom metadata', without('CustomMetadata'), 'CustomMetadata is missing'],
  ['a name that is no text', section({ ImageName: 1 }), 'ImageName: want a text'],
  ['a version that is null', section({ ImageVersion: null }), 'ImageVersion: want a text'],
  ['a text for build metadata', section({ BuildMetadata: '' }), 'BuildMetadata: want an object'],
  [
    'custom metadata that is a list',
    section({ CustomMetadata: [] }),
    'CustomMetadata: want an object or null',
  ],
  ...Object.keys(metadata.BuildMetadata).map((name): readonly [string, Buffer, string] => [
    `no ${name}`,
    section({ BuildMetadata: { ...metadata.BuildMetadata, [name]: undefined } }),
    `${name} is missing`,
  ]),
]

describe('readEifMetadata', () => {
  for (const [name, bytes, message] of malformed) {
    it(`refuses ${name}`, () => {
      assert.throws(() => readEifMetadata(bytes), {
        name: 'DecodeError',
        code: 'EIF_METADATA',
        message: `the metadata section: ${message}`,
      })
    })
  }

  it('reads the five members, and passes over others', () => {
    assert.deepEqual(readEifMetadata(section({ More: 1 })), {
      imageName: 'app',
      imageVersion: '1.0',
      build: new Map(Object.entries(metadata.BuildMetadata)),
      dockerInfo: null,
      custom: new Map(),
    })
  })

  it('keeps what Docker and the builder say', () => {
    const read = readEifMetadata(
      section({ DockerInfo: { Id: 'sha256:00' }, CustomMetadata: { commit: 'abc' } }),
    )
    assert.deepEqual(read.dockerInfo, new Map([['Id', 'sha256:00']]))
    assert.deepEqual(read.custom, new Map([['commit', 'abc']]))
  })
})
