import type { Compute } from '../../connectors/contract.ts'
import type { MemoryTables } from '../../connectors/memory/tables.ts'
import type { Registry } from '../../connectors/registry.ts'
import type { Platform } from '../../platform/index.ts'
import type { FileStore } from '../../storage/contract.ts'
import type { TableCatalog } from '../../tables/index.ts'
import type { EngineHost } from '../contract.ts'

/** What the embedded engine is opened with: what the session lends, and what `wiring.ts` adds. */
export interface EmbeddedConfig extends EngineHost {
  readonly platform: Platform
  readonly connectors: Registry
  /** Opens a place by URI (`file:/…`, a plain path). */
  readonly store: (uri: string) => Promise<FileStore>
  /** Named tables that outlive the session. */
  readonly tables?: TableCatalog
  /** Work for connectors; the engine's own, set when it opens. */
  readonly compute?: Compute
  /** Tables that `memory` sinks fill: named tables of plans, and `cache()`. */
  readonly memoryTables: MemoryTables
}
