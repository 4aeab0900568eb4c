import assert from 'node:assert/strict'
import { decodeName } from '../../lib/codec/x509-name.ts'

describe('decodeName', () => {
  const attribute = (type: string, tag: string, value: string) => {
    const text = Buffer.from(value)
    const content = `0603${type}${tag}${text.length.toString(16).padStart(2, '0')}${text.toString('hex')}`
    return `30${(content.length / 2).toString(16).padStart(2, '0')}${content}`
  }
  const name = (...sets: string[]) => {
    const content = sets
      .map((set) => `31${(set.length / 2).toString(16).padStart(2, '0')}${set}`)
      .join('')
    return Buffer.from(`30${(content.length / 2).toString(16).padStart(2, '0')}${content}`, 'hex')
  }
  const commonName = '550403'

  it('escapes what would end a value or a line', () => {
    assert.equal(decodeName(name(attribute(commonName, '0c', 'a,b=c\n'))), 'CN=a\\,b\\=c\\0a')
  })

  it('joins the attributes of one set with a plus', () => {
    const set = attribute(commonName, '0c', 'a') + attribute('55040b', '0c', 'b')
    assert.equal(decodeName(name(set)), 'CN=a+OU=b')
  })

  it('prints an unknown type by number and an unknown text in hex', () => {
    assert.equal(decodeName(name(attribute('55047f', '14', 'a'))), '2.5.4.127=#140161')
  })
})
