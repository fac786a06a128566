export { type JavaRegex, parseJavaRegex, RegexProblem } from './java-regex.ts'
export { canBeEmpty, type JsRegex, toJs, toRe2 } from './write-regex.ts'
