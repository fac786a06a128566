import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { LiteralValue } from '../../../../plan/index.ts'
import { binaryType, type DataType, integerType, longType, stringType } from '../../../../types/index.ts'
import type { FunctionLowering, HostFunction } from '../context.ts'
import { once } from '../once.ts'
import { MURMUR3 } from './murmur3.ts'
import { type Hasher, hashValue } from './spark-hash.ts'
import { typeTag } from './type-tag.ts'
import { XXHASH64 } from './xxhash64.ts'

/** Spark's hash of several values of any types, folded from the seed 42. */
function folded<H>(name: string, hasher: Hasher<H>, seed: H, returns: DataType, finish: (h: H) => LiteralValue): FunctionLowering {
  return (call, args, ctx) => {
    const types = call.args.map(a => a.dataType)
    const fn: HostFunction = {
      name: `mr_${name}_${types.map(typeTag).join('_')}`,
      args: types,
      returns,
      call: (...values) => finish(values.reduce<H>((h, v, i) => hashValue(hasher, v, types[i]!, h), seed)),
      nulls: true,
    }
    return `${ctx.host(fn)}(${args.join(', ')})`
  }
}

const CRC: HostFunction = { name: 'mr_crc32', args: [binaryType], returns: longType, call: b => BigInt(crc32(b as Uint8Array)) }
const sha = (bits: number): HostFunction => ({
  name: `mr_sha${bits}`,
  args: [binaryType],
  returns: stringType,
  call: b =>
    createHash(`sha${bits}`)
      .update(b as Uint8Array)
      .digest('hex'),
})

const sha2: FunctionLowering = (_, [a, bits], ctx) => {
  const by = (n: number, x: string) => (n === 256 ? `sha256(${x})` : `${ctx.host(sha(n))}(${x})`)
  const literal = /^(?:CAST\()?(-?\d+)(?: AS \w+\))?$/.exec(bits!)?.[1]
  if (literal === '256' || literal === '0') return `sha256(${a})`
  return once(
    a!,
    x =>
      `CASE ${bits} WHEN 0 THEN ${by(256, x)} WHEN 224 THEN ${by(224, x)} WHEN 256 THEN ${by(256, x)} WHEN 384 THEN ${by(384, x)} WHEN 512 THEN ${by(512, x)} END`,
  )
}

export const hash: Readonly<Record<string, FunctionLowering>> = {
  crc32: (_, [a], ctx) => `${ctx.host(CRC)}(${a})`,
  hash: folded('murmur3', MURMUR3, 42, integerType, h => h),
  md5: (_, [a]) => `md5(${a})`,
  sha1: (_, [a]) => `sha1(${a})`,
  sha2,
  xxhash64: folded('xxhash64', XXHASH64, 42n, longType, h => BigInt.asIntN(64, h)),
}
