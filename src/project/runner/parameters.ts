import { didYouMean, MillraceError } from '../../errors/index.ts'

type Values = Readonly<Record<string, unknown>>

/** The value of `parameters` or `params:a.b`. @throws PARAMETER_MISSING */
export function parameterOf(name: string, parameters: Values): unknown {
  if (name === 'parameters') return parameters
  const path = name.slice('params:'.length)
  const found = at(parameters, path)
  if (found !== undefined) return found
  throw new MillraceError('PARAMETER_MISSING', { name: path, suggestion: didYouMean(path, paths(parameters)) })
}

/** A key with the dots in it goes before a path of keys. */
function at(values: unknown, path: string): unknown {
  if (typeof values !== 'object' || values === null) return undefined
  if (Object.hasOwn(values, path)) return (values as Values)[path]
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const found = at((values as Values)[path.slice(0, dot)], path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

const paths = (values: Values, prefix = ''): readonly string[] =>
  Object.entries(values).flatMap(([key, value]) => [
    prefix + key,
    ...(typeof value === 'object' && value !== null && !Array.isArray(value) ? paths(value as Values, `${prefix}${key}.`) : []),
  ])
