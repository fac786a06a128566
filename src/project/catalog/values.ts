import type { TriggerOptions } from '../../api/index.ts'
import { type ConfNode, plainOf } from '../conf/index.ts'

/** Readers of single fields: the value, or undefined where it is none. */
export const textOf = (node: ConfNode): string | undefined =>
  node.kind === 'scalar' && typeof node.value === 'string' && node.value.trim() !== '' ? node.value : undefined

export const outputModeOf = (node: ConfNode): 'append' | 'update' | 'complete' | undefined =>
  (['append', 'update', 'complete'] as const).find(mode => mode === textOf(node)?.toLowerCase())

const MODES = {
  error: 'error',
  errorifexists: 'error',
  default: 'error',
  overwrite: 'overwrite',
  append: 'append',
  ignore: 'ignore',
} as const
export const modeOf = (node: ConfNode): 'error' | 'overwrite' | 'append' | 'ignore' | undefined =>
  MODES[(textOf(node) ?? '').toLowerCase() as keyof typeof MODES]

/** A name or a list of names. */
export function namesOf(node: ConfNode): readonly string[] | undefined {
  const value = plainOf(node)
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every(v => typeof v === 'string') ? (value as string[]) : undefined
}

/** `availableNow`, `once`, `10 seconds`, or a mapping of one of them. */
export function triggerOf(node: ConfNode): TriggerOptions | undefined {
  const value = plainOf(node)
  if (typeof value === 'string') return named(value) ?? { processingTime: value }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const [[key, given] = ['', null], ...more] = Object.entries(value)
  if (more.length > 0) return undefined
  if (/^processing_?time$/i.test(key) && (typeof given === 'string' || typeof given === 'number')) return { processingTime: given }
  return given === true ? named(key) : undefined
}

const named = (text: string): TriggerOptions | undefined =>
  (({ availablenow: { availableNow: true }, once: { once: true } }) as const)[text.replaceAll('_', '').toLowerCase() as 'once']
