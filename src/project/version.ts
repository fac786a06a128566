import { createRequire } from 'node:module'

/** This package's version. */
export function version(): string {
  return (createRequire(import.meta.url)('millrace/package.json') as { readonly version: string }).version
}
