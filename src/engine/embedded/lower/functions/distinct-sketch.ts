import type { TCall } from '../../../../analyze/resolved.ts'
import { MillraceError } from '../../../../errors/index.ts'
import { arrayType, integerType, longType } from '../../../../types/index.ts'
import type { HostFunction, LowerContext } from '../context.ts'
import { literalOf } from './literal-argument.ts'

/**
 * HyperLogLog++ as Spark computes it: 2^p registers over xxhash64(value, 42). A sketch is a list of cells `register * 64 + rank`,
 * of which each register's largest rank counts: lists of cells can be joined in any order.
 */
const P = 9
const M = 1 << P
const ALPHA_M2 = (0.7213 / (1 + 1.079 / M)) * M * M
/** Below it the empty registers alone tell the number (linear counting). */
const THRESHOLD = 400
const NEIGHBOURS = 6

/**
 * Mean raw estimate at ceil(12.8 i) distinct values for 512 registers: data of the appendix to "HyperLogLog in Practice"
 * (Heule, Nunkesser, Hall 2013), as Spark uses it. The bias at i is the estimate less the number.
 */
// biome-ignore format: data
const RAW_ESTIMATES = [
  369, 374.8294, 381.2452, 387.6698, 394.1464, 400.2024, 406.8782, 413.6598, 420.462, 427.2826, 433.7102, 440.7416, 447.9366, 455.1046,
  462.285, 469.0668, 476.306, 483.8448, 491.301, 498.9886, 506.2422, 513.8138, 521.7074, 529.7428, 537.8402, 545.1664, 553.3534, 561.594,
  569.6886, 577.7876, 585.65, 594.228, 602.8036, 611.1666, 620.0818, 628.0824, 637.2574, 646.302, 655.1644, 664.0056, 672.3802, 681.7192,
  690.5234, 700.2084, 708.831, 718.485, 728.1112, 737.4764, 746.76, 756.3368, 766.5538, 775.5058, 785.2646, 795.5902, 804.3818, 814.8998,
  824.9532, 835.2062, 845.2798, 854.4728, 864.9582, 875.3292, 886.171, 896.781, 906.5716, 916.7048, 927.5322, 937.875, 949.3972, 958.3464,
  969.7274, 980.2834, 992.1444, 1003.4264, 1013.0166, 1024.018, 1035.0438, 1046.34, 1057.6856, 1068.9836, 1079.0312, 1091.677, 1102.3188,
  1113.4846, 1124.4424, 1135.739, 1147.1488, 1158.9202, 1169.406, 1181.5342, 1193.2834, 1203.8954, 1216.3286, 1226.2146, 1239.6684,
  1251.9946, 1262.123, 1275.4338, 1285.7378, 1296.076, 1308.9692, 1320.4964, 1333.0998, 1343.9864, 1357.7754, 1368.3208, 1380.4838,
  1392.7388, 1406.0758, 1416.9098, 1428.9728, 1440.9228, 1453.9292, 1462.617, 1476.05, 1490.2996, 1500.6128, 1513.7392, 1524.5174,
  1536.6322, 1548.2584, 1562.3766, 1572.423, 1587.1232, 1596.5164, 1610.5938, 1622.5972, 1633.1222, 1647.7674, 1658.5044, 1671.57,
  1683.7044, 1695.4142, 1708.7102, 1720.6094, 1732.6522, 1747.841, 1756.4072, 1769.9786, 1782.3276, 1797.5216, 1808.3186, 1819.0694,
  1834.354, 1844.575, 1856.2808, 1871.1288, 1880.7852, 1893.9622, 1906.3418, 1920.6548, 1932.9302, 1945.8584, 1955.473, 1968.8248,
  1980.6446, 1995.9598, 2008.349, 2019.8556, 2033.0334, 2044.0206, 2059.3956, 2069.9174, 2082.6084, 2093.7036, 2106.6108, 2118.9124,
  2132.301, 2144.7628, 2159.8422, 2171.0212, 2183.101, 2193.5112, 2208.052, 2221.3194, 2233.3282, 2247.295, 2257.7222, 2273.342, 2286.5638,
  2299.6786, 2310.8114, 2322.3312, 2335.516, 2349.874, 2363.5968, 2373.865, 2387.1918, 2401.8328, 2414.8496, 2424.544, 2436.7592,
  2447.1682, 2464.1958, 2474.3438, 2489.0006, 2497.4526, 2513.6586, 2527.19, 2540.7028, 2553.768,
]
const biasAt = (i: number): number => RAW_ESTIMATES[i]! - Math.max(1, Math.ceil(12.8 * i - 1e-9))

/** The mean bias of the nearest known estimates. */
function biasOf(estimate: number): number {
  const at = RAW_ESTIMATES.findIndex(e => e >= estimate)
  const nearest = at < 0 ? RAW_ESTIMATES.length : at
  const distance = (i: number) => (estimate - RAW_ESTIMATES[i]!) ** 2
  let low = Math.max(nearest - NEIGHBOURS + 1, 0)
  let high = Math.min(low + NEIGHBOURS, RAW_ESTIMATES.length)
  for (; high < RAW_ESTIMATES.length && distance(high) < distance(low); high++) low++
  let sum = 0
  for (let i = low; i < high; i++) sum += biasAt(i)
  return sum / (high - low)
}

/** The cell a hash falls in. */
export function cellOf(hash: bigint): number {
  const bits = BigInt.asUintN(64, hash)
  const rest = BigInt.asUintN(64, bits << BigInt(P)) | (1n << BigInt(P - 1))
  return Number(bits >> BigInt(64 - P)) * 64 + (64 - rest.toString(2).length) + 1
}

/** About how many values made these cells. */
function estimateOf(cells: readonly number[]): bigint {
  const ranks = new Uint8Array(M)
  for (const cell of cells) ranks[cell >> 6] = Math.max(ranks[cell >> 6]!, cell & 63)
  let inverse = 0
  let empty = 0
  for (const rank of ranks) {
    inverse += 2 ** -rank
    if (rank === 0) empty++
  }
  const raw = ALPHA_M2 / inverse
  const counted = empty > 0 ? M * Math.log(M / empty) : Number.POSITIVE_INFINITY
  if (empty > 0 && (counted <= THRESHOLD || raw <= 2.5 * M)) return BigInt(Math.round(counted))
  return BigInt(Math.round(raw < 5 * M ? raw - biasOf(raw) : raw))
}

const CELL: HostFunction = {
  name: 'mr_distinct_cell',
  args: [longType],
  returns: integerType,
  call: hash => cellOf(hash as bigint),
}
const ESTIMATE: HostFunction = {
  name: 'mr_distinct_estimate',
  args: [arrayType(integerType)],
  returns: longType,
  call: cells => estimateOf(cells as readonly number[]),
}

/** SQL of the cell of one value. */
export function sketchCell(call: TCall, _x: string, ctx: LowerContext): string {
  const deviation = call.args.length > 1 ? Number(literalOf(call.args[1])) : 0.05
  const precision = Math.ceil((2 * Math.log(1.106 / deviation)) / Math.log(2))
  if (precision !== P) {
    throw new MillraceError('NOT_SUPPORTED', {
      what: `approx_count_distinct() with a relative deviation of ${deviation}`,
      why: 'only the default of 0.05 is built',
    })
  }
  const hash = ctx.lower({ node: 'call', fn: 'xxhash64', args: [call.args[0]!], dataType: longType, nullable: false })
  return `${ctx.host(CELL)}(${hash})`
}
/** SQL of the estimate of a list of cells, 0 for none. */
export const distinctEstimate = (_call: TCall, cells: string, ctx: LowerContext): string =>
  `${ctx.host(ESTIMATE)}(COALESCE(${cells}, CAST([] AS INTEGER[])))`
