import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodePlatform } from '../platform/index.ts'
import { printDdl } from '../types/index.ts'
import { inferCsv, inferJson } from './index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-infer-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function file(text: string) {
  const path = join(root, 'data')
  writeFileSync(path, text)
  return [{ path, size: statSync(path).size, mtimeMs: 0 }]
}
const csv = async (text: string, options = {}) => printDdl(await inferCsv(file(text), options, nodePlatform))
const json = async (text: string, options = {}) => printDdl(await inferJson(file(text), options, nodePlatform))

test('csv columns are strings, or have the narrowest type that holds every value', async () => {
  expect(await csv('1,x\n')).toBe('_c0 STRING,_c1 STRING')
  const text =
    'i,l,d,x,day,at,b,s,n\n1,1,1,1.5,2026-01-01,2026-01-01 10:00:00,true,a,\n2,3000000000,99999999999999999999,2,2026-01-02,2026-01-02,false,1,\n'
  expect(await csv(text, { header: 'true', inferschema: 'true' })).toBe(
    'i INT,l BIGINT,d DECIMAL(20,0),x DOUBLE,day DATE,at TIMESTAMP,b BOOLEAN,s STRING,n STRING',
  )
})

test('json columns are sorted and merged over all records', async () => {
  expect(await json('{"b":1,"a":{"y":1}}\n{"b":2.5,"a":{"x":[1,null]},"c":null}\n{"b":3,"s":"t"}')).toBe(
    'a STRUCT<x: ARRAY<BIGINT>, y: BIGINT>,b DOUBLE,c STRING,s STRING',
  )
  expect(await json('{"a":1}\nbroken')).toBe('_corrupt_record STRING,a BIGINT')
  expect(await json('{"a":1}\n{"a":"x"}')).toBe('a STRING')
  expect(await json('{"a":1,"b":true}', { primitivesasstring: 'true' })).toBe('a STRING,b STRING')
})
