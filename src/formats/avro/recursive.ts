import type { AvroRecord, AvroSchema } from '../../types/index.ts'

const known = new WeakMap<AvroRecord, boolean>()

/** Does a record lie in itself? */
export function isRecursive(record: AvroRecord): boolean {
  const hit = known.get(record)
  if (hit !== undefined) return hit
  const answer = record.fields.some(f => reaches(f.schema, record, new Set()))
  known.set(record, answer)
  return answer
}

function reaches(s: AvroSchema, target: AvroRecord, seen: Set<AvroSchema>): boolean {
  if (s === target) return true
  if (seen.has(s)) return false
  seen.add(s)
  if (s.type === 'record') return s.fields.some(f => reaches(f.schema, target, seen))
  if (s.type === 'array') return reaches(s.items, target, seen)
  if (s.type === 'map') return reaches(s.values, target, seen)
  return s.type === 'union' && s.branches.some(b => reaches(b, target, seen))
}
