/**
 * What slow.js runs on the SM2 curve: the steps of GB/T 32918 that multiply points. JavaScript, as
 * slow.js is. Scalars and coordinates are 32 bytes each, points are x and y.
 */
import { randomBytes } from 'node:crypto'
import { weierstrass } from '@noble/curves/abstract/weierstrass.js'

/** GB/T 32918.5; the same in RFC 8998 section 3.2.1. */
const curve = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
}
const { n } = curve
const Point = weierstrass(curve)
const order = Point.Fn

/** GB/T 32918.2 section 6.1, from step A3 on: r and s. */
export function sign(scalar, digest) {
  const [d, e] = [toNumber(scalar), toNumber(digest)]
  for (;;) {
    const k = randomScalar()
    const r = order.create(e + Point.BASE.multiply(k).toAffine().x)
    if (r === 0n || r + k === n) continue
    const s = order.mul(order.inv(order.create(1n + d)), order.create(k - r * d))
    if (s !== 0n) return Buffer.concat([toBytes(r), toBytes(s)])
  }
}

/** GB/T 32918.2 section 7.1, without step B3. */
export function verify(point, digest, signature) {
  const [r, s] = [toNumber(signature.subarray(0, 32)), toNumber(signature.subarray(32))]
  if (r === 0n || r >= n || s === 0n || s >= n) return false
  const t = order.create(r + s)
  if (t === 0n) return false
  const sum = Point.BASE.multiplyUnsafe(s).add(read(point).multiplyUnsafe(t))
  if (sum.is0()) return false
  return order.create(toNumber(digest) + sum.toAffine().x) === r
}

/** GB/T 32918.4 section 6.1, steps A1 to A4: C1, and the point that only the private key gives. */
export function share(point) {
  const k = randomScalar()
  const shared = write(read(point).multiply(k))
  return { point: write(Point.BASE.multiply(k)), shared }
}

/** GB/T 32918.4 section 7.1, steps B1 to B3; null for a C1 that is not on the curve. */
export function open(scalar, point) {
  let c1
  try {
    c1 = read(point)
  } catch {
    return null
  }
  return write(c1.multiply(toNumber(scalar)))
}

/** Throws for a point that is not on the curve. */
function read(bytes) {
  return Point.fromBytes(Buffer.concat([Buffer.of(4), bytes]))
}

function write(point) {
  const { x, y } = point.toAffine()
  return Buffer.concat([toBytes(x), toBytes(y)])
}

/** From 1 to n - 1. */
function randomScalar() {
  for (;;) {
    const k = toNumber(randomBytes(32))
    if (k !== 0n && k < n) return k
  }
}

function toNumber(bytes) {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function toBytes(number) {
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex')
}
