export { callText } from './call-text.ts'
export { literalText } from './literal-text.ts'
export { type ParseOptions, parseExpression, parseSelectList } from './parser.ts'
export { type PrintOptions, printExpression } from './printer.ts'
