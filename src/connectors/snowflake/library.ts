import { MillraceError } from '../../errors/index.ts'
import { presetEnv } from '../../platform/index.ts'

/** Snowflake's driver. */
export type SnowflakeLibrary = typeof import('snowflake-sdk')

let loaded: Promise<SnowflakeLibrary> | undefined

/** Loads the driver on first use: a program that touches no Snowflake never pays for it. */
export function snowflakeLibrary(): Promise<SnowflakeLibrary> {
  loaded ??= load().catch((cause: unknown) => {
    loaded = undefined
    throw new MillraceError('MISSING_DEPENDENCY', { package: 'snowflake-sdk', for: 'format "snowflake"' }, { cause })
  })
  return loaded
}

/** What the driver would otherwise do unasked, beside what it is for: tell about the machine it runs on, and ask the network which cloud that stands in. */
const QUIET = ['SNOWFLAKE_DISABLE_MINICORE', 'SNOWFLAKE_DISABLE_PLATFORM_DETECTION', 'SF_TELEMETRY_DISABLE_CONNECTION_SHAPE']
const ignore = (): void => {}
/** Without one of our own the driver writes `snowflake.log` into the working directory. */
const noLog = { error: ignore, warn: ignore, info: ignore, debug: ignore, trace: ignore }

async function load(): Promise<SnowflakeLibrary> {
  for (const name of QUIET) presetEnv(name, 'true')
  const module = (await import('snowflake-sdk')) as SnowflakeLibrary & { readonly default?: SnowflakeLibrary }
  const library = module.default ?? module
  library.configure({ logLevel: 'OFF', customLogger: noLog })
  return library
}
