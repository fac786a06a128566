import { describe } from 'vitest'
import { testTable } from '../../../../../test/support/expression-table.ts'

describe('pieces of texts', () =>
  testTable('UTC', [
    ["substring('Spark', 0, 2)", 'Sp'],
    ["substring('Spark', -7, 3)", 'S'],
    ["substring('Spark', 2, -1)", ''],
    ["left('abc', -1)", ''],
    ["right('abc', 0)", ''],
    ["lpad('hi', 5, '')", 'hi'],
    ["lpad('hi', 1, '?')", 'h'],
    ["split_part('a.b.c', '.', -1)", 'c'],
    ["split_part('a.b.c', '.', 0)", '!INVALID_INDEX_OF_ZERO'],
    ["substring_index('a.b.c', '.', -2)", 'b.c'],
    ["substring_index('a.b.c', '.', 5)", 'a.b.c'],
    ["locate('b', 'abcb', 3)", '4'],
    ["instr('abc', '')", '1'],
    ["find_in_set('x', 'a,b')", '0'],
    ["trim('\t a ')", '\t a'],
    ["trim('SL' FROM 'SSparkSQLS')", 'parkSQ'],
    ["overlay('Spark SQL', 'CORE', 7)", 'Spark CORE'],
    ["elt(3, 'a', 'b')", '!INVALID_ARRAY_INDEX'],
    ["concat_ws(',', array('a', null), 'b', null)", 'a,b'],
    ["concat('a', null)", 'NULL'],
  ]))

describe('characters', () =>
  testTable('UTC', [
    ["upper('straße')", 'STRASSE'],
    ["lower('ÄB')", 'äb'],
    ["initcap('hello wORLD foo-bar')", 'Hello World Foo-bar'],
    ['chr(321)', 'A'],
    ["ascii('')", '0'],
    ["levenshtein('kätzchen', 'sitting')", '7'],
    ["levenshtein('kitten', 'sitting', 2)", '-1'],
    ["soundex('Miller')", 'M460'],
    ["length('ä')", '1'],
    ["octet_length('ä')", '2'],
    ["encode('ä', 'US-ASCII')", '!MALFORMED_CHARACTER_CODING'],
    ["decode(X'E4', 'ISO-8859-1')", 'ä'],
    ["to_binary('xyz', 'hex')", '!CONVERSION_INVALID_INPUT'],
    ["try_to_binary('xyz', 'hex')", 'NULL'],
    ['randstr(3, 0)', 'ceV'],
  ]))

describe('formats', () =>
  testTable('UTC', [
    ['format_number(1234567.895D, 2)', '1,234,567.90'],
    ['format_number(2.5D, 0)', '2'],
    ["format_number(12332.123456, '#,###.00')", '12,332.12'],
    ["format_string('%5d|%-5s|%05.1f|%x|%,d', 12, 'a', 3.14159D, 255, 1234567)", '   12|a    |003.1|ff|1,234,567'],
    ["format_string('%d', 'a')", '!INVALID_FORMAT_STRING'],
    ["to_number('12,454.8-', '99,999.9S')", '-12454.8'],
    ["to_number('4545', '999')", '!INVALID_FORMAT_MISMATCH'],
    ["try_to_number('4545', '999')", 'NULL'],
    ["to_char(-12454.8, '99G999D9S')", '12,454.8-'],
    ["to_char(12345, '999')", '###'],
  ]))

describe('hashes and URLs', () =>
  testTable('UTC', [
    ['hash(1)', '-559580957'],
    ["hash('Spark', array(123), 2)", '-1321691492'],
    ["xxhash64('Spark', array(123), 2)", '5602566077635097486'],
    ["crc32('Spark')", '1557323817'],
    ["sha2('Spark', 1)", 'NULL'],
    ["parse_url('http://user:pw@host:8080/p/a?x=1&y=2#frag', 'AUTHORITY')", 'user:pw@host:8080'],
    ["parse_url('http://host/p?x=1&y=2', 'QUERY', 'y')", '2'],
    ["parse_url('http://a b', 'HOST')", '!INVALID_URL'],
    ["try_parse_url('http://a b', 'HOST')", 'NULL'],
    ["url_encode('a b&c=ü')", 'a+b%26c%3D%C3%BC'],
    ["raise_error('boom')", '!USER_RAISED_EXCEPTION'],
  ]))
