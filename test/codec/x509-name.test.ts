import assert from 'node:assert/strict'
import { decodeName, encodeName } from '../../lib/codec/x509-name.ts'

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

describe('encodeName', () => {
  it('writes a set for each attribute, the country in ASCII and other texts in UTF-8', () => {
    const name = encodeName([
      ['C', 'US'],
      ['CN', 'é'],
    ])
    const country = '310b3009' + '0603550406' + '13025553'
    const commonName = '310b3009' + '0603550403' + '0c02c3a9'
    assert.equal(name.toString('hex'), `301a${country}${commonName}`)
  })

  it('writes what is read, in the order given', () => {
    const name = encodeName([
      ['CN', 'a'],
      ['serialNumber', '1'],
      ['L', 'Seattle'],
      ['ST', 'WA'],
      ['O', 'b'],
      ['OU', 'c'],
      ['C', 'US'],
    ])
    assert.equal(decodeName(name), 'CN=a, serialNumber=1, L=Seattle, ST=WA, O=b, OU=c, C=US')
  })
})
