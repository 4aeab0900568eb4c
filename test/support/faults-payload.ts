/** Documents with one thing wrong in what their payload says, or in how it says it. */
import { fault, type Fault } from './fault.ts'
import { registers, type Plan } from './forge.ts'
import * as cbor from './write-cbor.ts'

/** One member with another value. */
function member(key: string, value: Buffer): Plan {
  return {
    members: (members) => {
      members.set(key, value)
    },
  }
}

function without(key: string): Plan {
  return {
    members: (members) => {
      members.delete(key)
    },
  }
}

/** One more pair at the end. */
function extra(key: Buffer, value: Buffer): Plan {
  return { payload: (pairs) => cbor.map([...pairs, [key, value]]) }
}

/** The first register with another index or value. */
function firstRegister(index: Buffer, value: Buffer): Plan {
  return member(
    'pcrs',
    registers(16, (pairs) => pairs.with(0, [index, value])),
  )
}

/** The registers as a NitroTPM document has them. */
function tpm(value: Buffer): Plan {
  return {
    members: (members) => {
      members.delete('pcrs')
      members.set('nitrotpm_pcrs', value)
    },
  }
}

function timestamp(make: (nowMs: number) => Buffer): Plan {
  return {
    members: (members, nowMs) => {
      members.set('timestamp', make(nowMs))
    },
  }
}

const zero = cbor.unsigned(0)
const register = cbor.bytes(Buffer.alloc(48))
const tooLong = cbor.bytes(Buffer.alloc(1025))
const optional = [
  ['public_key', 'DOCUMENT_PUBLIC_KEY'],
  ['user_data', 'DOCUMENT_USER_DATA'],
  ['nonce', 'DOCUMENT_NONCE'],
] as const

export const payloadFaults: readonly Fault[] = [
  fault('a payload that is an array', 'DOCUMENT_SHAPE', { payload: () => cbor.array([]) }),
  fault('a payload that is an empty map', 'DOCUMENT_MISSING_KEY', { payload: () => cbor.map([]) }),
  fault('a byte after the payload map', 'CBOR_TRAILING_BYTES', {
    payload: (pairs) => Buffer.concat([cbor.map(pairs), Buffer.of(0)]),
  }),
  fault('a payload map that does not end', 'CBOR_TRUNCATED', {
    payload: (pairs) => cbor.indefinite(5, pairs.flat()).subarray(0, -1),
  }),
  fault('a payload map with a key and no value', 'CBOR_BREAK', {
    payload: (pairs) => cbor.indefinite(5, [...pairs.flat(), cbor.text('pcrs2')]),
  }),
  fault('a tagged payload map', 'CBOR_TAG', {
    payload: (pairs) => cbor.tagged(55799, cbor.map(pairs)),
  }),
  fault('a payload map that counts one pair more', 'CBOR_TRUNCATED', {
    payload: (pairs) => Buffer.concat([cbor.head(5, pairs.length + 1), ...pairs.flat()]),
  }),
  fault('registers twice', 'CBOR_DUPLICATE_KEY', extra(cbor.text('pcrs'), registers(16))),
  fault('an unknown key', 'DOCUMENT_UNKNOWN_KEY', extra(cbor.text('pcr'), cbor.nil)),
  fault('a key in other case', 'DOCUMENT_UNKNOWN_KEY', extra(cbor.text('Nonce'), cbor.nil)),
  fault('a number for a key', 'DOCUMENT_UNKNOWN_KEY', extra(zero, cbor.nil)),
  fault(
    'a byte string for a key',
    'CBOR_KEY_TYPE',
    extra(cbor.bytes(Buffer.from('pcrs')), cbor.nil),
  ),
  fault(
    'a key in pieces',
    'CBOR_INDEFINITE',
    extra(cbor.indefinite(3, [cbor.text('x')]), cbor.nil),
  ),
  fault(
    'arrays without end',
    'CBOR_TOO_DEEP',
    member('nonce', Buffer.concat([Buffer.alloc(20, 0x81), zero])),
  ),

  ...['module_id', 'digest', 'timestamp', 'pcrs', 'certificate', 'cabundle'].map((key) =>
    fault(`no ${key}`, 'DOCUMENT_MISSING_KEY', without(key)),
  ),
  fault('an empty module_id', 'DOCUMENT_MODULE_ID', member('module_id', cbor.text(''))),
  fault('a null module_id', 'DOCUMENT_MODULE_ID', member('module_id', cbor.nil)),
  fault(
    'a module_id of bytes',
    'DOCUMENT_MODULE_ID',
    member('module_id', cbor.bytes(Buffer.from('i-1'))),
  ),
  fault(
    'a module_id that is not UTF-8',
    'CBOR_UTF8',
    member('module_id', Buffer.from('62c328', 'hex')),
  ),
  fault('the digest SHA256', 'DOCUMENT_DIGEST', member('digest', cbor.text('SHA256'))),
  fault('the digest in small letters', 'DOCUMENT_DIGEST', member('digest', cbor.text('sha384'))),
  fault('a null digest', 'DOCUMENT_DIGEST', member('digest', cbor.nil)),

  fault('a timestamp of zero', 'DOCUMENT_TIMESTAMP', member('timestamp', zero)),
  fault('a negative timestamp', 'DOCUMENT_TIMESTAMP', member('timestamp', cbor.negative(0))),
  fault('a null timestamp', 'DOCUMENT_TIMESTAMP', member('timestamp', cbor.nil)),
  fault(
    'a timestamp of text',
    'DOCUMENT_TIMESTAMP',
    member('timestamp', cbor.text('2026-01-01T00:00:00Z')),
  ),
  fault(
    'a timestamp beyond all dates',
    'DOCUMENT_TIMESTAMP',
    member('timestamp', cbor.unsigned(2n ** 64n - 1n)),
  ),
  fault(
    'a tagged timestamp',
    'CBOR_TAG',
    timestamp((nowMs) => cbor.tagged(1, cbor.unsigned(nowMs))),
  ),
  fault(
    'a timestamp of floating point',
    'CBOR_FLOAT',
    timestamp((nowMs) => {
      const float = Buffer.alloc(9, 0xfb)
      float.writeDoubleBE(nowMs, 1)
      return float
    }),
  ),
  fault(
    'a bignum timestamp',
    'CBOR_TAG',
    timestamp((nowMs) => {
      const hex = nowMs.toString(16).padStart(12, '0')
      return cbor.tagged(2, cbor.bytes(Buffer.from(hex, 'hex')))
    }),
  ),
  fault(
    'a document a second too old',
    'DOCUMENT_STALE',
    timestamp((nowMs) => cbor.unsigned(nowMs - 301_000)),
  ),
  fault(
    'a document a second too far ahead',
    'DOCUMENT_FROM_THE_FUTURE',
    timestamp((nowMs) => cbor.unsigned(nowMs + 61_000)),
  ),

  fault(
    'both families of registers',
    'DOCUMENT_PCR_FAMILIES',
    extra(cbor.text('nitrotpm_pcrs'), registers(24)),
  ),
  fault('no register', 'DOCUMENT_PCRS', member('pcrs', cbor.map([]))),
  fault('null registers', 'DOCUMENT_PCRS', member('pcrs', cbor.nil)),
  fault('an array of registers', 'DOCUMENT_PCRS', member('pcrs', cbor.array([register]))),
  fault('33 registers', 'DOCUMENT_PCRS', member('pcrs', registers(33))),
  fault('register 32', 'DOCUMENT_PCR_INDEX', firstRegister(cbor.unsigned(32), register)),
  fault('register -1', 'DOCUMENT_PCR_INDEX', firstRegister(cbor.negative(0), register)),
  fault('a register named by text', 'DOCUMENT_PCR_INDEX', firstRegister(cbor.text('0'), register)),
  fault('a register twice', 'CBOR_DUPLICATE_KEY', firstRegister(cbor.unsigned(1), register)),
  fault(
    'a register index in a longer form',
    'CBOR_NOT_SHORTEST',
    firstRegister(cbor.unsigned(0, 1), register),
  ),
  fault(
    'a register of 32 bytes',
    'DOCUMENT_PCR_LENGTH',
    firstRegister(zero, cbor.bytes(Buffer.alloc(32))),
  ),
  fault(
    'a register of 64 bytes',
    'DOCUMENT_PCR_LENGTH',
    firstRegister(zero, cbor.bytes(Buffer.alloc(64))),
  ),
  fault(
    'an empty register',
    'DOCUMENT_PCR_LENGTH',
    firstRegister(zero, cbor.bytes(Buffer.alloc(0))),
  ),
  fault('a null register', 'DOCUMENT_PCR_LENGTH', firstRegister(zero, cbor.nil)),
  fault(
    'a register of text',
    'DOCUMENT_PCR_LENGTH',
    firstRegister(zero, cbor.text('0'.repeat(48))),
  ),
  fault(
    'registers of indefinite length',
    'CBOR_INDEFINITE',
    member('pcrs', cbor.indefinite(5, [zero, register])),
  ),
  fault('25 registers of a NitroTPM', 'DOCUMENT_PCRS', tpm(registers(25))),
  fault(
    'register 24 of a NitroTPM',
    'DOCUMENT_PCR_INDEX',
    tpm(cbor.map([[cbor.unsigned(24), register]])),
  ),

  fault('a null certificate', 'DOCUMENT_CERTIFICATE', member('certificate', cbor.nil)),
  fault(
    'an empty certificate',
    'DOCUMENT_CERTIFICATE',
    member('certificate', cbor.bytes(Buffer.alloc(0))),
  ),
  fault(
    'a certificate of text',
    'DOCUMENT_CERTIFICATE',
    member('certificate', cbor.text('-----BEGIN CERTIFICATE-----')),
  ),
  fault('a certificate of 1025 bytes', 'DOCUMENT_CERTIFICATE', member('certificate', tooLong)),
  fault('a null cabundle', 'DOCUMENT_CABUNDLE', member('cabundle', cbor.nil)),
  fault('an empty cabundle', 'DOCUMENT_CABUNDLE', member('cabundle', cbor.array([]))),
  fault('a cabundle of nine', 'DOCUMENT_CABUNDLE', {
    bundle: (bundle) => [...bundle, ...bundle, bundle[3]!],
  }),
  fault('a cabundle with an empty certificate', 'DOCUMENT_CABUNDLE', {
    bundle: (bundle) => bundle.with(1, Buffer.alloc(0)),
  }),
  fault('a cabundle with a certificate of 1025 bytes', 'DOCUMENT_CABUNDLE', {
    bundle: (bundle) => bundle.with(1, Buffer.alloc(1025)),
  }),
  fault(
    'a cabundle of indefinite length',
    'CBOR_INDEFINITE',
    member('cabundle', cbor.indefinite(4, [tooLong])),
  ),

  ...optional.flatMap(([key, code]) => [
    fault(`a ${key} of 1025 bytes`, code, member(key, tooLong)),
    fault(`a ${key} of text`, code, member(key, cbor.text('text'))),
    fault(`a ${key} that is false`, code, member(key, Buffer.of(0xf4))),
    fault(`an undefined ${key}`, 'CBOR_UNDEFINED', member(key, cbor.undefinedItem)),
    fault(
      `a ${key} in pieces`,
      'CBOR_INDEFINITE',
      member(key, cbor.indefinite(2, [cbor.bytes(Buffer.of(1))])),
    ),
  ]),
  fault('an unassigned simple value', 'CBOR_SIMPLE', member('nonce', Buffer.of(0xf0))),
  fault('a reserved encoding', 'CBOR_RESERVED', member('nonce', Buffer.of(0x5c))),
]
