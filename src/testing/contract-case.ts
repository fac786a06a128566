/** One promise of a contract: hand it to any test runner, `test.skipIf(c.skip)(c.name, c.run)`. */
export interface ContractCase {
  readonly name: string
  /** Why this tenant cannot keep it. */
  readonly skip?: string
  run(): Promise<void>
}

/** Turns a table of promises into cases of one tenant. A skipped promise that the table does not know is a mistake. */
export function casesOf<T extends { readonly name: string; readonly skip?: Readonly<Record<string, string>> }>(
  tenant: T,
  promises: Readonly<Record<string, (tenant: T) => Promise<void>>>,
): readonly ContractCase[] {
  for (const name of Object.keys(tenant.skip ?? {}))
    if (!(name in promises)) throw new Error(`the contract has no promise "${name}" to skip`)
  return Object.entries(promises).map(([name, promise]) => ({
    name: `${tenant.name}: ${name}`,
    ...(tenant.skip?.[name] !== undefined && { skip: tenant.skip[name] }),
    run: () => promise(tenant),
  }))
}
