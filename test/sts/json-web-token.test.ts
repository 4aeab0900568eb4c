import assert from 'node:assert/strict'
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { readKeySet } from '../../lib/sts/json-web-keys.ts'
import { isSignedBy, readToken } from '../../lib/sts/json-web-token.ts'

/** RFC 7515, appendix A: the payload that every example signs. */
const payload =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'

/** RFC 7515, appendices A.2 and A.3. */
const published = {
  RS256: {
    key: {
      kty: 'RSA',
      n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
      e: 'AQAB',
    },
    token: `eyJhbGciOiJSUzI1NiJ9.${payload}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
  },
  ES256: {
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
    token: `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
  },
} as const

function keySet(...keys: object[]) {
  return readKeySet(JSON.stringify({ keys }))
}

async function isGood(text: string, ...keys: object[]): Promise<boolean> {
  const token = await readToken(text)
  assert.ok(token)
  return isSignedBy(token, keySet(...keys))
}

/** Made without the library that verifies it; the last digits of an algorithm name its hash. */
function signedToken(header: { alg: string; kid?: string }, key: KeyObject): string {
  const signed = `${encode(header)}.${encode({ sub: 'x' })}`
  const options = { key, dsaEncoding: 'ieee-p1363' } as const
  const signature = sign(`sha${header.alg.slice(-3)}`, Buffer.from(signed), options)
  return `${signed}.${signature.toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString(
    'base64url',
  )
}

describe('isSignedBy', () => {
  for (const [name, { key, token }] of Object.entries(published)) {
    it(`verifies the ${name} example of RFC 7515`, async () => {
      assert.deepEqual((await readToken(token))?.claims.iss, 'joe')
      assert.ok(await isGood(token, key))
      assert.ok(await isGood(token, { ...key, alg: name, use: 'sig' }))
    })

    it(`refuses the ${name} example with another payload, signature, key or algorithm`, async () => {
      const [head = '', , signature = ''] = token.split('.')
      assert.ok(!(await isGood(`${head}.${encode({ iss: 'eve' })}.${signature}`, key)))
      assert.ok(!(await isGood(`${head}.${payload}.${signature.replace(/^../, 'AA')}`, key)))
      assert.ok(!(await isGood(`${head}.${payload}.AA`, key)))
      assert.ok(!(await isGood(token, published[name === 'RS256' ? 'ES256' : 'RS256'].key)))
      assert.ok(!(await isGood(token, { ...key, alg: 'RS512' })))
      assert.ok(!(await isGood(token, { ...key, use: 'enc' })))
    })
  }

  it('takes the key that the token names, and the only one where it names none', async () => {
    const { key, token } = published.ES256
    const other = { ...published.RS256.key, kid: 'b' }
    assert.ok(!(await isGood(token, { ...key, kid: 'a' }, other)))
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const own = { ...publicKey.export({ format: 'jwk' }), kid: 'a' }
    const text = signedToken({ alg: 'ES384', kid: 'a' }, privateKey)
    assert.ok(await isGood(text, other, own))
    assert.ok(!(await isGood(text, other, { ...own, kid: 'c' })))
    // The curve belongs to the algorithm: RFC 7518, section 3.4.
    assert.ok(!(await isGood(text.replace(/^[^.]+/, encode({ alg: 'ES256', kid: 'a' })), own)))
    // A key of another type, or for another algorithm, may have the same id; another key may not.
    assert.ok(await isGood(text, { ...other, kid: 'a' }, own, { ...own, alg: 'ES256' }))
    assert.ok(!(await isGood(text, own, own)))
    assert.ok(!(await isGood(text)))
  })

  it('verifies each algorithm that AWS takes, and refuses it as another', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pairs = {
      RS256: rsa,
      RS384: rsa,
      RS512: rsa,
      ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
      ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    }
    for (const [alg, { publicKey, privateKey }] of Object.entries(pairs)) {
      const key = publicKey.export({ format: 'jwk' })
      const text = signedToken({ alg }, privateKey)
      assert.ok(await isGood(text, key), alg)
      for (const other of Object.keys(pairs)) {
        if (other === alg) continue
        const head = encode({ alg: other })
        assert.ok(!(await isGood(text.replace(/^[^.]+/, head), key)), `${alg} as ${other}`)
      }
    }
  })

  it('refuses a key whose operations leave out or do not go with verifying', async () => {
    const { key, token } = published.RS256
    for (const [operations, isTaken] of [
      [['verify'], true],
      [['encrypt'], false],
      [['verify', 'encrypt'], false],
    ] as const) {
      assert.equal(await isGood(token, { ...key, key_ops: operations }), isTaken)
    }
  })
})

describe('readToken', () => {
  it('refuses what is no signed token in compact form', async () => {
    const good = { alg: 'RS256' }
    for (const text of [
      '',
      'a.b',
      `${encode(good)}.${encode({})}`,
      `${encode(good)}.${encode({})}.`,
      `${encode(good)}.${encode({})}.AA.AA`,
      `${encode(good)}.${encode({})}.A=`,
      `${encode(good)}.${encode('[]')}.AA`,
      `${encode(good)}.${encode('{')}.AA`,
      `${encode(good)}.${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}.AA`,
      `${encode({})}.${encode({})}.AA`,
      `${encode({ alg: 'none' })}.${encode({})}.AA`,
      `${encode({ alg: 'HS256' })}.${encode({})}.AA`,
      `${encode({ alg: 'constructor' })}.${encode({})}.AA`,
      `${encode({ alg: 'PS256' })}.${encode({})}.AA`,
      `${encode({ alg: 'EdDSA' })}.${encode({})}.AA`,
      `${encode({ ...good, crit: ['exp'] })}.${encode({})}.AA`,
      `${encode({ ...good, crit: ['b64'], b64: true })}.${encode({})}.AA`,
      `${encode({ ...good, crit: [] })}.${encode({})}.AA`,
    ]) {
      assert.equal(await readToken(text), null, text)
    }
    assert.ok(await readToken(`${encode(good)}.${encode({})}.AA`))
  })
})
