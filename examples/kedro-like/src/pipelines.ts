import { col } from '../../../src/index.ts'
import { type Loaded, node, type Pipeline, pipeline } from '../../../src/project/index.ts'

/** Items that are there, of sensors that are known. */
export const cleanInventory = (raw: Loaded<'raw_json'>, leastQuantity: number) =>
  raw.where(col('sensor').isNotNull()).where(col('quantity').geq(leastQuantity))

/** The columns that go on, one row a reading. */
export const processSensor = (inventory: Loaded<'int.new_inventory'>) => inventory.select('sensor', 'sku', 'quantity', 'at')

export const registerPipelines = (): Readonly<Record<string, Pipeline>> => ({
  __default__: pipeline([
    node(cleanInventory, {
      inputs: ['raw_json', 'params:inventory.least_quantity'],
      outputs: 'int.new_inventory',
      name: 'clean_inventory',
    }),
    node(processSensor, { inputs: 'int.new_inventory', outputs: 'processed.sensor', name: 'process_sensor' }),
  ]),
})
