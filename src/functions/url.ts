import { stringType } from '../types/index.ts'
import { group, type Row, sig } from './rules.ts'

const parse = (name: string, doc: string): Row => [
  name,
  sig(['string', 'string', 'string'], stringType, { optional: 1 }),
  doc,
  [`${name}('http://spark.apache.org/path?query=1', 'HOST')`],
  { nullability: 'always' },
]

/** Functions of URLs. */
export const URL_FUNCTIONS = group('url', 'scalar', [
  parse('parse_url', 'A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO, or one value of the query.'),
  parse('try_parse_url', 'As parse_url, null where the URL is malformed.'),
  [
    'url_decode',
    sig(['string'], stringType),
    'The text behind application/x-www-form-urlencoded.',
    ["url_decode('https%3A%2F%2Fspark.apache.org')"],
  ],
  [
    'try_url_decode',
    sig(['string'], stringType),
    'As url_decode, null where the text is malformed.',
    ["try_url_decode('a%3')"],
    { nullability: 'always' },
  ],
  ['url_encode', sig(['string'], stringType), 'The text as application/x-www-form-urlencoded.', ["url_encode('https://spark.apache.org')"]],
])
