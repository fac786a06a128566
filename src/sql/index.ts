export { type ParseOptions, parseExpression, parseSelectList } from './parser.ts'
