import { arrayType, booleanType, integerType, stringType } from '../types/index.ts'
import { group, type Row, sig } from './rules.ts'

const searching = (name: string, doc: string, example: string): Row => [
  name,
  sig(['string', 'string'], name === 'regexp_substr' ? stringType : integerType),
  doc,
  [example],
  name === 'regexp_substr' ? { nullability: 'always' } : undefined,
]

/** Functions of Java regular expressions, and LIKE. */
export const REGEX = group('regex', 'scalar', [
  [
    'like',
    sig(['string', 'string', 'string'], booleanType, { optional: 1 }),
    'Does the text match the pattern? _ stands for one character, % for any; the escape character is \\ unless given.',
    ["like('Spark', '_park')"],
  ],
  [
    'ilike',
    sig(['string', 'string', 'string'], booleanType, { optional: 1 }),
    'As like, without regard to case.',
    ["ilike('Spark', '_PARK')"],
  ],
  [
    'rlike',
    sig(['string', 'string'], booleanType),
    'Is there a match of the regular expression in the text?',
    ["rlike('spark', 'ar+')"],
    { aliases: ['regexp', 'regexp_like'] },
  ],
  [
    'regexp_extract',
    sig(['string', 'string', 'integer'], stringType, { optional: 1, defaults: ['1'] }),
    "The first match's group, '' without a match.",
    ["regexp_extract('100-200', r'(\\d+)-(\\d+)', 1)"],
  ],
  [
    'regexp_extract_all',
    sig(['string', 'string', 'integer'], arrayType(stringType), { optional: 1, defaults: ['1'] }),
    'The group of every match.',
    ["regexp_extract_all('100-200, 300-400', r'(\\d+)-(\\d+)', 1)"],
  ],
  [
    'regexp_replace',
    sig(['string', 'string', 'string', 'integer'], stringType, { optional: 1, defaults: ['1'] }),
    'Every match replaced, from a place counted from 1; $1 in the replacement is the first group.',
    ["regexp_replace('100-200', r'(\\d+)', 'num')"],
  ],
  searching('regexp_count', 'How many matches there are.', "regexp_count('Steven Jones', 'e')"),
  [
    'regexp_instr',
    sig(['string', 'string', 'integer'], integerType, { optional: 1, defaults: ['0'] }),
    'Where the first match begins, counted from 1; 0 without a match.',
    ["regexp_instr('abc', 'b')"],
  ],
  searching('regexp_substr', 'The first match, null without one.', "regexp_substr('Steven Jones', 'Ste(v|ph)en')"),
  [
    'split',
    sig(['string', 'string', 'integer'], arrayType(stringType, false), { optional: 1, defaults: ['-1'] }),
    'The parts between the matches of the regular expression, at most `limit` of them if it is above 0.',
    ["split('oneAtwoBthreeC', '[ABC]')"],
  ],
])
