// Written by scripts/generate-api.ts from the function table. Typed versions in `typed.ts` take precedence.
import type { LocalDate, LocalTimestamp, Timestamp } from '../../types/index.ts'
import type { Column } from '../column.ts'
import type { Argument, Needs } from '../column-types.ts'
import { invoke } from './call.ts'

/** The absolute value. Fails on overflow. @example abs(-1) */
export const abs = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('abs', [a])

/** The angle (in radians) whose cosine is given; NaN outside [-1, 1]. @example acos(1) */
export const acos = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('acos', [a])

/** Inverse hyperbolic cosine. @example acosh(1) */
export const acosh = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('acosh', [a])

/** The date that many months later; the last day of a shorter month stands in for a day it lacks. @example add_months(date'2016-08-31', 1) */
export const addMonths = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<LocalDate, string, Needs<A> & Needs<B>> =>
  invoke('add_months', [a, b])

/** The bytes decrypted with AES, of mode GCM, CBC or ECB. @example aes_decrypt(unbase64('3lmwu+Mw0H3fi5NDvcu9lg=='), '1234567890abcdef', 'ECB') */
export const aesDecrypt = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
  d?: Argument,
  e?: Argument,
): Column<Uint8Array, string, Needs<A> & Needs<B>> => invoke('aes_decrypt', [a, b, c, d, e])

/** The bytes encrypted with AES, of mode GCM, CBC or ECB. @example base64(aes_encrypt('Spark SQL', '1234567890abcdef', 'ECB')) */
export const aesEncrypt = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
): Column<Uint8Array, string, Needs<A> & Needs<B>> => invoke('aes_encrypt', [a, b, c, d, e, f])

/** Folds the array: from a start value, merge(state, element) for each, then finish(state). @example aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x) */
export const aggregate = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
  d?: Argument,
): Column<any, string, Needs<A> & Needs<B> & Needs<C>> => invoke('aggregate', [a, b, c, d])

/** Is any value true? @example bool_or(x > 1) */
export const any = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('any', [a])

/** The value of some row. @example any_value(x) */
export const anyValue = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('any_value', [a, b])

/** About how many different values there are, by HyperLogLog++; the second argument is the largest relative standard deviation (0.05). @example approx_count_distinct(x) */
export const approxCountDistinct = <const A extends Argument>(a: A, b?: Argument): Column<bigint, string, Needs<A>> =>
  invoke('approx_count_distinct', [a, b])

/** A value of the column at or above the given share of all values. @example percentile_approx(x, 0.5, 100) */
export const approxPercentile = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('approx_percentile', [a, b, c])

/** An array of the given values. @example array(1, 2, 3) */
export const array = (...more: readonly Argument[]): Column<any, string, unknown> => invoke('array', [...more])

/** All values that are not null, in one array. @example collect_list(x) */
export const arrayAgg = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('array_agg', [a])

/** The array with the value behind its last element. @example array_append(array(1, 2), 3) */
export const arrayAppend = <const A extends Argument>(a: A, b: Argument): Column<any, string, Needs<A>> => invoke('array_append', [a, b])

/** The array without its nulls. @example array_compact(array(1, null, 2)) */
export const arrayCompact = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('array_compact', [a])

/** Does the array hold the value? Null when it is not found and the array holds nulls. @example array_contains(array(1, 2), 2) */
export const arrayContains = <const A extends Argument>(a: A, b: Argument): Column<boolean, string, Needs<A>> =>
  invoke('array_contains', [a, b])

/** The array without repeated elements, in the order of their first appearance. @example array_distinct(array(1, 2, 1)) */
export const arrayDistinct = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('array_distinct', [a])

/** The different elements of the first array that the second does not hold. @example array_except(array(1, 2, 3), array(1, 3, 5)) */
export const arrayExcept = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('array_except', [a, b])

/** The array with the value at the given place, counted from 1, or from the end when negative. @example array_insert(array(1, 3), 2, 2) */
export const arrayInsert = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('array_insert', [a, b, c])

/** The different elements that both arrays hold. @example array_intersect(array(1, 2, 3), array(1, 3, 5)) */
export const arrayIntersect = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('array_intersect', [a, b])

/** The elements as one string; nulls are left out or replaced by the third argument. @example array_join(array('a', 'b'), '-') */
export const arrayJoin = <const A extends Argument>(a: A, b: Argument, c?: Argument): Column<string, string, Needs<A>> =>
  invoke('array_join', [a, b, c])

/** The largest element; nulls are left out. @example array_max(array(1, 3, 2)) */
export const arrayMax = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('array_max', [a])

/** The smallest element; nulls are left out. @example array_min(array(1, 3, 2)) */
export const arrayMin = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('array_min', [a])

/** Where the value stands first, counted from 1; 0 when it is not there. @example array_position(array(3, 2, 1), 1) */
export const arrayPosition = <const A extends Argument>(a: A, b: Argument): Column<bigint, string, Needs<A>> =>
  invoke('array_position', [a, b])

/** The array with the value before its first element. @example array_prepend(array(1, 2), 3) */
export const arrayPrepend = <const A extends Argument>(a: A, b: Argument): Column<any, string, Needs<A>> => invoke('array_prepend', [a, b])

/** The array without every element equal to the value. @example array_remove(array(1, 2, 3, 2), 2) */
export const arrayRemove = <const A extends Argument>(a: A, b: Argument): Column<any, string, Needs<A>> => invoke('array_remove', [a, b])

/** An array of the value, so many times. @example array_repeat('a', 2) */
export const arrayRepeat = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('array_repeat', [a, b])

/** How many elements the array has; null for null. @example array_size(array(1, 2)) */
export const arraySize = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('array_size', [a])

/** The array sorted by a comparison that answers below 0, 0 or above; without one ascending, nulls last. @example array_sort(array(5, 6, 1)) */
export const arraySort = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('array_sort', [a, b])

/** The different elements of both arrays. @example array_union(array(1, 2, 3), array(1, 3, 5)) */
export const arrayUnion = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('array_union', [a, b])

/** Do the arrays share an element? Null when they do not and one of them holds nulls. @example arrays_overlap(array(1, 2), array(2, 3)) */
export const arraysOverlap = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
): Column<boolean, string, Needs<A> & Needs<B>> => invoke('arrays_overlap', [a, b])

/** Merges arrays into an array of structs; the n-th holds the n-th elements. Fields have the names of the columns. @example arrays_zip(array(1, 2), array(3, 4)) */
export const arraysZip = (...more: readonly Argument[]): Column<any, string, unknown> => invoke('arrays_zip', [...more])

/** The code point of the first character, 0 of an empty text. @example ascii('222') */
export const ascii = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('ascii', [a])

/** The angle (in radians) whose sine is given; NaN outside [-1, 1]. @example asin(0) */
export const asin = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('asin', [a])

/** Inverse hyperbolic sine. @example asinh(0) */
export const asinh = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('asinh', [a])

/** Null where the condition holds; fails else. @example assert_true(0 < 1) */
export const assertTrue = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('assert_true', [a, b])

/** The angle (in radians) whose tangent is given. @example atan(0) */
export const atan = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('atan', [a])

/** The angle between the x axis and the point (second, first). @example atan2(0, 0) */
export const atan2 = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('atan2', [a, b])

/** Inverse hyperbolic tangent. @example atanh(0) */
export const atanh = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('atanh', [a])

/** The mean value. @example avg(x) */
export const avg = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('avg', [a])

/** The bytes in base 64. @example base64('Spark SQL') */
export const base64 = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('base64', [a])

/** The number in binary digits. @example bin(13) */
export const bin = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('bin', [a])

/** All values joined by bitwise and. @example bit_and(x) */
export const bitAnd = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('bit_and', [a])

/** How many bits are set. @example bit_count(7) */
export const bitCount = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('bit_count', [a])

/** The bit at a position counted from the right, from 0. @example bit_get(11, 0) */
export const bitGet = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('bit_get', [a, b])

/** The number of bits. @example bit_length('Spark SQL') */
export const bitLength = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('bit_length', [a])

/** All values joined by bitwise or. @example bit_or(x) */
export const bitOr = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('bit_or', [a])

/** All values joined by bitwise exclusive or. @example bit_xor(x) */
export const bitXor = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('bit_xor', [a])

/** The place of a number in its bitmap. @example bitmap_bit_position(123) */
export const bitmapBitPosition = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('bitmap_bit_position', [a])

/** The bitmap a number belongs to. @example bitmap_bucket_number(123) */
export const bitmapBucketNumber = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('bitmap_bucket_number', [a])

/** How many bits of a bitmap are set. @example bitmap_count(X '1010') */
export const bitmapCount = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('bitmap_count', [a])

/** Are all values true? @example bool_and(x > 1) */
export const boolAnd = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('bool_and', [a])

/** Is any value true? @example bool_or(x > 1) */
export const boolOr = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('bool_or', [a])

/** Rounds to so many digits; a half goes to the even neighbour. @example bround(2.5, 0) */
export const bround = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('bround', [a, b])

/** The text without blanks, or the given characters, at both ends. @example btrim('    SparkSQL   ') */
export const btrim = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> => invoke('btrim', [a, b])

/** How many elements or entries there are; null for null. @example size(array(1, 2)) */
export const cardinality = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('cardinality', [a])

/** The cube root. @example cbrt(27.0) */
export const cbrt = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('cbrt', [a])

/** The smallest whole number not below the value, or the same at so many digits. @example ceil(-0.1) */
export const ceil = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('ceil', [a, b])

/** The smallest whole number not below the value, or the same at so many digits. @example ceil(-0.1) */
export const ceiling = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('ceiling', [a, b])

/** The character of a code, modulo 256; an empty text below 0. @example chr(65) */
export const char = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('char', [a])

/** The number of characters, or of bytes. @example length('Spark SQL ') */
export const charLength = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('char_length', [a])

/** The number of characters, or of bytes. @example length('Spark SQL ') */
export const characterLength = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('character_length', [a])

/** The character of a code, modulo 256; an empty text below 0. @example chr(65) */
export const chr = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('chr', [a])

/** The first value that is not null. @example coalesce(NULL, 1, NULL) */
export const coalesce = <const A extends Argument>(a: A, ...more: readonly Argument[]): Column<any, string, Needs<A>> =>
  invoke('coalesce', [a, ...more])

/** The name of the collation of a text. @example collation('Spark SQL') */
export const collation = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('collation', [a])

/** All values that are not null, in one array. @example collect_list(x) */
export const collectList = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('collect_list', [a])

/** The different values that are not null, in one array. @example collect_set(x) */
export const collectSet = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('collect_set', [a])

/** The arguments one behind the other: strings, binaries or arrays; null if any is null. @example concat('a', 'b') */
export const concat = (...more: readonly Argument[]): Column<any, string, unknown> => invoke('concat', [...more])

/** Texts and arrays of texts joined by the first argument; nulls are skipped. @example concat_ws(' ', 'Spark', 'SQL') */
export const concatWs = (a: Argument, ...more: readonly Argument[]): Column<string, string, unknown> => invoke('concat_ws', [a, ...more])

/** Does the first text hold the second? @example contains('Spark SQL', 'Spark') */
export const contains = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<boolean, string, Needs<A> & Needs<B>> =>
  invoke('contains', [a, b])

/** The digits of a number in another base. @example conv('100', 2, 10) */
export const conv = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<string, string, Needs<A> & Needs<B> & Needs<C>> => invoke('conv', [a, b, c])

/** A local timestamp of one zone (the session zone if left out) as that of another. @example convert_timezone('Europe/Brussels', 'America/Los_Angeles', timestamp_ntz'2021-12-06 00:00:00') */
export const convertTimezone = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<LocalTimestamp, string, Needs<A> & Needs<B>> => invoke('convert_timezone', [a, b, c])

/** The Pearson correlation of two columns. @example corr(y, x) */
export const corr = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('corr', [a, b])

/** The cosine of an angle in radians. @example cos(0) */
export const cos = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('cos', [a])

/** The hyperbolic cosine. @example cosh(0) */
export const cosh = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('cosh', [a])

/** The cotangent of an angle in radians. @example cot(1) */
export const cot = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('cot', [a])

/** How many rows have no null among the arguments; count(*) counts all rows. @example count(1) */
export const count = <const A extends Argument>(a: A, ...more: readonly Argument[]): Column<bigint, string, Needs<A>> =>
  invoke('count', [a, ...more])

/** How many rows make the condition true. @example count_if(x > 1) */
export const countIf = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('count_if', [a])

/** The covariance of a whole population. @example covar_pop(y, x) */
export const covarPop = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('covar_pop', [a, b])

/** The covariance of a sample. @example covar_samp(y, x) */
export const covarSamp = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('covar_samp', [a, b])

/** The CRC-32 of the bytes. @example crc32('Spark') */
export const crc32 = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('crc32', [a])

/** A map of keys and values in turn. A key may come once and may not be null. @example map('a', 1, 'b', 2) */
export const createMap = (...more: readonly Argument[]): Column<any, string, unknown> => invoke('create_map', [...more])

/** The cosecant of an angle in radians. @example csc(1) */
export const csc = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('csc', [a])

/** The share of rows at or before this one. @example cume_dist() OVER (ORDER BY x) */
export const cumeDist = (): Column<number, string, unknown> => invoke('cume_dist', [])

/** Today in the session zone, the same for a whole batch. @example current_date() */
export const curdate = (): Column<LocalDate, string, unknown> => invoke('curdate', [])

/** The current catalog. @example current_catalog() */
export const currentCatalog = (): Column<string, string, unknown> => invoke('current_catalog', [])

/** The current schema. @example current_database() */
export const currentDatabase = (): Column<string, string, unknown> => invoke('current_database', [])

/** Today in the session zone, the same for a whole batch. @example current_date() */
export const currentDate = (): Column<LocalDate, string, unknown> => invoke('current_date', [])

/** The current schema. @example current_database() */
export const currentSchema = (): Column<string, string, unknown> => invoke('current_schema', [])

/** The time of day in the session zone. @example current_time() */
export const currentTime = (a?: Argument): Column<any, string, unknown> => invoke('current_time', [a])

/** Now, the same for a whole batch. @example current_timestamp() */
export const currentTimestamp = (): Column<Timestamp, string, unknown> => invoke('current_timestamp', [])

/** The session zone. @example current_timezone() */
export const currentTimezone = (): Column<string, string, unknown> => invoke('current_timezone', [])

/** Who runs the session. @example current_user() */
export const currentUser = (): Column<string, string, unknown> => invoke('current_user', [])

/** The date that many days later. @example date_add(date'2016-07-30', 1) */
export const dateAdd = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<LocalDate, string, Needs<A> & Needs<B>> =>
  invoke('date_add', [a, b])

/** Days from the second date to the first. @example datediff(date'2009-07-31', date'2009-07-30') */
export const dateDiff = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('date_diff', [a, b])

/** The time as text, by a pattern. @example date_format(timestamp'2016-04-08 00:00:00', 'y') */
export const dateFormat = <const A extends Argument>(a: A, b: Argument): Column<string, string, Needs<A>> => invoke('date_format', [a, b])

/** The date so many days after 1970-01-01. @example date_from_unix_date(1) */
export const dateFromUnixDate = <const A extends Argument>(a: A): Column<LocalDate, string, Needs<A>> => invoke('date_from_unix_date', [a])

/** One field of a time or interval. @example date_part('week', timestamp'2019-08-12 01:00:00.123456') */
export const datePart = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('date_part', [a, b])

/** The date that many days earlier. @example date_sub(date'2016-07-30', 1) */
export const dateSub = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<LocalDate, string, Needs<A> & Needs<B>> =>
  invoke('date_sub', [a, b])

/** The start of the unit that the time falls in, in the session zone; null for an unknown unit. @example date_trunc('HOUR', timestamp'2015-03-05 09:32:05.359') */
export const dateTrunc = <const B extends Argument>(a: Argument, b: B): Column<Timestamp, string, Needs<B>> => invoke('date_trunc', [a, b])

/** The date that many days later. @example date_add(date'2016-07-30', 1) */
export const dateadd = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<LocalDate, string, Needs<A> & Needs<B>> =>
  invoke('dateadd', [a, b])

/** Days from the second date to the first. @example datediff(date'2009-07-31', date'2009-07-30') */
export const datediff = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('datediff', [a, b])

/** One field of a time or interval. @example date_part('week', timestamp'2019-08-12 01:00:00.123456') */
export const datepart = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('datepart', [a, b])

/** The day of the month. @example day(date'2009-07-30') */
export const day = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('day', [a])

/** The short English name of the day. @example dayname(date'2008-02-20') */
export const dayname = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('dayname', [a])

/** The day of the month. @example day(date'2009-07-30') */
export const dayofmonth = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('dayofmonth', [a])

/** The day of the week, 1 for Sunday to 7 for Saturday. @example dayofweek(date'2009-07-30') */
export const dayofweek = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('dayofweek', [a])

/** The day of the year. @example dayofyear(date'2009-07-30') */
export const dayofyear = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('dayofyear', [a])

/** The bytes read in a character set; or, of more arguments: the value behind the first key that equals the first argument, else the last argument. @example decode(encode('abc', 'utf-8'), 'utf-8') */
export const decode = <const A extends Argument>(a: A, b: Argument, ...more: readonly Argument[]): Column<any, string, Needs<A>> =>
  invoke('decode', [a, b, ...more])

/** Radians as degrees. @example degrees(3.141592653589793) */
export const degrees = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('degrees', [a])

/** The rank of the row without gaps. @example dense_rank() OVER (ORDER BY x) */
export const denseRank = (): Column<number, string, unknown> => invoke('dense_rank', [])

/** Euler's number. @example e() */
export const e = (): Column<number, string, unknown> => invoke('e', [])

/** The element at a place counted from 1 (from the end when negative), which must exist; or the value of a key, null without it. @example element_at(array(1, 2), 2) */
export const elementAt = <const A extends Argument>(a: A, b: Argument): Column<any, string, Needs<A>> => invoke('element_at', [a, b])

/** The n-th of the following arguments. @example elt(1, 'scala', 'java') */
export const elt = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  ...more: readonly Argument[]
): Column<any, string, Needs<A> & Needs<B>> => invoke('elt', [a, b, ...more])

/** The bytes of a text in a character set. @example encode('abc', 'utf-8') */
export const encode = <const A extends Argument>(a: A, b: Argument): Column<Uint8Array, string, Needs<A>> => invoke('encode', [a, b])

/** Does the first text end with the second? @example endswith('Spark SQL', 'SQL') */
export const endswith = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<boolean, string, Needs<A> & Needs<B>> =>
  invoke('endswith', [a, b])

/** Are both equal, a null being equal to a null? @example equal_null(1, 11) */
export const equalNull = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<boolean, string, Needs<A> & Needs<B>> =>
  invoke('equal_null', [a, b])

/** Are all values true? @example bool_and(x > 1) */
export const every = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('every', [a])

/** Does the condition hold for any element? Null when it holds for none and is null for one. @example exists(array(1, 2, 3), x -> x % 2 = 0) */
export const exists = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<boolean, string, Needs<A> & Needs<B>> =>
  invoke('exists', [a, b])

/** e to the power of the value. @example exp(0) */
export const exp = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('exp', [a])

/** A row for each element (col) or entry (key, value). @example explode(array(10, 20)) */
export const explode = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('explode', [a])

/** A row for each element (col) or entry (key, value). A row of nulls where there is none. @example explode_outer(array(10, 20)) */
export const explodeOuter = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('explode_outer', [a])

/** exp(x) - 1, exact near 0. @example expm1(0) */
export const expm1 = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('expm1', [a])

/** One field of a time or interval. @example date_part('week', timestamp'2019-08-12 01:00:00.123456') */
export const extract = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('extract', [a, b])

/** The factorial of 0 to 20, else null. @example factorial(5) */
export const factorial = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('factorial', [a])

/** The elements that make the condition true; it may take the index (from 0) as well. @example filter(array(1, 2, 3), x -> x > 1) */
export const filter = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('filter', [a, b])

/** The place of a text in a list joined by commas, counted from 1; 0 where it is not. @example find_in_set('ab','abc,b,ab,c,def') */
export const findInSet = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('find_in_set', [a, b])

/** The value of the first row, nulls included unless the second argument is true. @example first(x) */
export const first = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('first', [a, b])

/** The value of the first row, nulls included unless the second argument is true. @example first(x) */
export const firstValue = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('first_value', [a, b])

/** An array of arrays as one array. @example flatten(array(array(1, 2), array(3))) */
export const flatten = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('flatten', [a])

/** The greatest whole number not above the value, or the same at so many digits. @example floor(-0.1) */
export const floor = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('floor', [a, b])

/** Does the condition hold for all elements? Null when it fails for none and is null for one. @example forall(array(1, 2, 3), x -> x > 0) */
export const forall = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<boolean, string, Needs<A> & Needs<B>> =>
  invoke('forall', [a, b])

/** The number with thousands separators and so many digits after the point, or by a pattern like #,###.00. @example format_number(12332.123456, 4) */
export const formatNumber = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<string, string, Needs<A> & Needs<B>> =>
  invoke('format_number', [a, b])

/** The text with its printf places (%d %s …) filled in. @example format_string('Hello World %d %s', 100, 'days') */
export const formatString = (a: Argument, ...more: readonly Argument[]): Column<string, string, unknown> =>
  invoke('format_string', [a, ...more])

/** The Avro message as a value of its schema (JSON text); bytes that are no such message fail (mode FAILFAST, the default) or give nulls (PERMISSIVE). @example from_avro(x'0206666f6f', '{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}') */
export const fromAvro = <const A extends Argument>(a: A, b: Argument, c?: Argument): Column<any, string, Needs<A>> =>
  invoke('from_avro', [a, b, c])

/** The CSV record as a struct of the given columns. @example from_csv('1, 0.8', 'a INT, b DOUBLE') */
export const fromCsv = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('from_csv', [a, b, c])

/** The JSON text as a value of the given schema; text that is no JSON gives nulls (mode PERMISSIVE) or fails (FAILFAST). @example from_json('{"a":1}', 'a INT') */
export const fromJson = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('from_json', [a, b, c])

/** Seconds since 1970 as text, by a pattern, in the session zone. @example from_unixtime(0, 'yyyy-MM-dd HH:mm:ss') */
export const fromUnixtime = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> =>
  invoke('from_unixtime', [a, b])

/** Shifts a time as if it had been read in UTC and should be read in the zone. @example from_utc_timestamp(timestamp'2016-08-31 00:00:00', 'Asia/Seoul') */
export const fromUtcTimestamp = <const A extends Argument>(a: A, b: Argument): Column<Timestamp, string, Needs<A>> =>
  invoke('from_utc_timestamp', [a, b])

/** The element at an index counted from 0; null outside. @example get(array(1, 2), 0) */
export const get = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('get', [a, b])

/** What a path such as $.a[0].b points at, as text. @example get_json_object('{"a":"b"}', '$.a') */
export const getJsonObject = <const A extends Argument>(a: A, b: Argument): Column<string, string, Needs<A>> =>
  invoke('get_json_object', [a, b])

/** The bit at a position counted from the right, from 0. @example bit_get(11, 0) */
export const getbit = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('getbit', [a, b])

/** The greatest value; nulls are skipped. @example greatest(10, 9, 2, 4, 3) */
export const greatest = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  ...more: readonly Argument[]
): Column<any, string, Needs<A> & Needs<B>> => invoke('greatest', [a, b, ...more])

/** In a rollup or cube: 1 where the column is summed over, 0 where it is part of the group. */
export const grouping = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('grouping', [a])

/** In a rollup or cube: the grouping flags of the columns as one number. */
export const groupingId = (...more: readonly Argument[]): Column<bigint, string, unknown> => invoke('grouping_id', [...more])

/** Murmur3 (seed 42) of all arguments; nulls leave the hash as it is. @example hash('Spark', array(123), 2) */
export const hash = <const A extends Argument>(a: A, ...more: readonly Argument[]): Column<number, string, Needs<A>> =>
  invoke('hash', [a, ...more])

/** The number, bytes or text in hexadecimal digits. @example hex(17) */
export const hex = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('hex', [a])

/** The hour, 0 to 23. @example hour(timestamp'2018-02-14 12:58:59') */
export const hour = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('hour', [a])

/** The square root of the sum of both squares. @example hypot(3, 4) */
export const hypot = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('hypot', [a, b])

/** The second value where the first is null. @example ifnull(NULL, array('2')) */
export const ifnull = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('ifnull', [a, b])

/** As like, without regard to case. @example ilike('Spark', '_PARK') */
export const ilike = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<boolean, string, Needs<A> & Needs<B>> => invoke('ilike', [a, b, c])

/** Each word with a capital first letter and small others. @example initcap('sPark sql') */
export const initcap = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('initcap', [a])

/** A row for each struct of an array, a column for each of its fields. @example inline(array(struct(1, 'a'))) */
export const inline = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('inline', [a])

/** A row for each struct of an array, a column for each of its fields. A row of nulls where there is none. @example inline_outer(array(struct(1, 'a'))) */
export const inlineOuter = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('inline_outer', [a])

/** Length of the block being read; -1: unknown. @example input_file_block_length() */
export const inputFileBlockLength = (): Column<bigint, string, unknown> => invoke('input_file_block_length', [])

/** Start of the block being read; -1: unknown. @example input_file_block_start() */
export const inputFileBlockStart = (): Column<bigint, string, unknown> => invoke('input_file_block_start', [])

/** Where the second text begins in the first, counted from 1; 0 where it does not. @example instr('SparkSQL', 'SQL') */
export const instr = <const A extends Argument>(a: A, b: Argument): Column<number, string, Needs<A>> => invoke('instr', [a, b])

/** Are the bytes valid UTF-8? @example is_valid_utf8('Spark') */
export const isValidUtf8 = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('is_valid_utf8', [a])

/** Is the value NaN? False for null. @example isnan(cast('NaN' as double)) */
export const isnan = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('isnan', [a])

/** Is there a value? @example isnotnull(1) */
export const isnotnull = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('isnotnull', [a])

/** Is the value null? @example isnull(1) */
export const isnull = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('isnull', [a])

/** How many elements the outermost JSON array has; null for anything else. @example json_array_length('[1, 2]') */
export const jsonArrayLength = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('json_array_length', [a])

/** The keys of the outermost JSON object; null for anything else. @example json_object_keys('{"a": 1}') */
export const jsonObjectKeys = <const A extends Argument>(a: A): Column<string[], string, Needs<A>> => invoke('json_object_keys', [a])

/** The named top-level fields of a JSON text, as strings. @example json_tuple('{"a":1}', 'a') */
export const jsonTuple = <const A extends Argument>(a: A, b: Argument, ...more: readonly Argument[]): Column<any, string, Needs<A>> =>
  invoke('json_tuple', [a, b, ...more])

/** The excess kurtosis of a whole population. @example kurtosis(x) */
export const kurtosis = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('kurtosis', [a])

/** The value of the row that many places earlier, or the default. @example lag(x) OVER (ORDER BY y) */
export const lag = <const A extends Argument>(a: A, b?: Argument, c?: Argument): Column<any, string, Needs<A>> => invoke('lag', [a, b, c])

/** The value of the last row, nulls included unless the second argument is true. @example last(x) */
export const last = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('last', [a, b])

/** The last day of the month. @example last_day(date'2009-01-12') */
export const lastDay = <const A extends Argument>(a: A): Column<LocalDate, string, Needs<A>> => invoke('last_day', [a])

/** The value of the last row, nulls included unless the second argument is true. @example last(x) */
export const lastValue = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('last_value', [a, b])

/** In small letters. @example lower('SparkSql') */
export const lcase = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('lcase', [a])

/** The value of the row that many places later, or the default. @example lead(x) OVER (ORDER BY y) */
export const lead = <const A extends Argument>(a: A, b?: Argument, c?: Argument): Column<any, string, Needs<A>> => invoke('lead', [a, b, c])

/** The least value; nulls are skipped. @example least(10, 9, 2, 4, 3) */
export const least = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  ...more: readonly Argument[]
): Column<any, string, Needs<A> & Needs<B>> => invoke('least', [a, b, ...more])

/** So many characters from the left. @example left('Spark SQL', 3) */
export const left = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('left', [a, b])

/** The number of characters, or of bytes. @example length('Spark SQL ') */
export const len = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('len', [a])

/** The number of characters, or of bytes. @example length('Spark SQL ') */
export const length = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('length', [a])

/** How many characters must be changed, added or left out to make one text the other; -1 above the given limit. @example levenshtein('kitten', 'sitting') */
export const levenshtein = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<number, string, Needs<A> & Needs<B>> => invoke('levenshtein', [a, b, c])

/** Does the text match the pattern? _ stands for one character, % for any; the escape character is \ unless given. @example like('Spark', '_park') */
export const like = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<boolean, string, Needs<A> & Needs<B>> => invoke('like', [a, b, c])

/** The values in one string, with a delimiter between them. @example listagg(x, ', ') */
export const listagg = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> => invoke('listagg', [a, b])

/** The natural logarithm; null of 0 and below. @example ln(1) */
export const ln = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('ln', [a])

/** Now as read off a clock in the session zone. @example localtimestamp() */
export const localtimestamp = (): Column<LocalTimestamp, string, unknown> => invoke('localtimestamp', [])

/** Where the first text begins in the second, from a position on; 0 where it does not. @example locate('bar', 'foobarbar', 5) */
export const locate = <const B extends Argument>(a: Argument, b: B, c?: Argument): Column<number, string, Needs<B>> =>
  invoke('locate', [a, b, c])

/** The natural logarithm, or the logarithm of the second argument to the base of the first. @example log(10, 100) */
export const log = <const A extends Argument>(a: A, b?: Argument): Column<number, string, Needs<A>> => invoke('log', [a, b])

/** The logarithm to base 10; null of 0 and below. @example log10(10) */
export const log10 = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('log10', [a])

/** ln(1 + x), exact near 0. @example log1p(0) */
export const log1p = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('log1p', [a])

/** The logarithm to base 2; null of 0 and below. @example log2(2) */
export const log2 = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('log2', [a])

/** In small letters. @example lower('SparkSql') */
export const lower = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('lower', [a])

/** Filled up on the left, or cut, to a length. @example lpad('hi', 5, '??') */
export const lpad = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('lpad', [a, b, c])

/** The text without blanks, or the given characters, at its beginning. @example ltrim('    SparkSQL   ') */
export const ltrim = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> => invoke('ltrim', [a, b])

/** Do the digits pass the Luhn check of card numbers? @example luhn_check('8112189876') */
export const luhnCheck = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('luhn_check', [a])

/** A date from year, month and day. @example make_date(2013, 7, 15) */
export const makeDate = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<LocalDate, string, Needs<A> & Needs<B> & Needs<C>> => invoke('make_date', [a, b, c])

/** An interval from days, hours, minutes, seconds. @example make_dt_interval(1, 12, 30, 1.001001) */
export const makeDtInterval = (a?: Argument, b?: Argument, c?: Argument, d?: Argument): Column<any, string, unknown> =>
  invoke('make_dt_interval', [a, b, c, d])

/** A calendar interval from years, months, weeks, days, hours, minutes, seconds. @example make_interval(100, 11, 1, 1, 12, 30, 1.001001) */
export const makeInterval = (
  a?: Argument,
  b?: Argument,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
  g?: Argument,
): Column<any, string, unknown> => invoke('make_interval', [a, b, c, d, e, f, g])

/** A time of day from hour, minute and second. @example make_time(6, 30, 45.887) */
export const makeTime = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<any, string, Needs<A> & Needs<B> & Needs<C>> => invoke('make_time', [a, b, c])

/** An instant from year, month, day, hour, minute, second in the session zone (or the given one). @example make_timestamp(2014, 12, 28, 6, 30, 45.887) */
export const makeTimestamp = <const A extends Argument>(
  a: A,
  b?: Argument,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
  g?: Argument,
): Column<Timestamp, string, Needs<A>> => invoke('make_timestamp', [a, b, c, d, e, f, g])

/** As make_timestamp. @example make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887) */
export const makeTimestampLtz = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
  g?: Argument,
): Column<Timestamp, string, Needs<A> & Needs<B>> => invoke('make_timestamp_ltz', [a, b, c, d, e, f, g])

/** A local timestamp, without a zone, from its parts. @example make_timestamp_ntz(2014, 12, 28, 6, 30, 45.887) */
export const makeTimestampNtz = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
): Column<LocalTimestamp, string, Needs<A> & Needs<B>> => invoke('make_timestamp_ntz', [a, b, c, d, e, f])

/** The text with each invalid byte replaced by U+FFFD. @example make_valid_utf8('Spark') */
export const makeValidUtf8 = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('make_valid_utf8', [a])

/** An interval from years and months. @example make_ym_interval(1, 2) */
export const makeYmInterval = (a?: Argument, b?: Argument): Column<any, string, unknown> => invoke('make_ym_interval', [a, b])

/** A map of keys and values in turn. A key may come once and may not be null. @example map('a', 1, 'b', 2) */
export const map = (...more: readonly Argument[]): Column<any, string, unknown> => invoke('map', [...more])

/** All entries of the maps in one; a key may come once. @example map_concat(map('a', 1), map('b', 2)) */
export const mapConcat = (...more: readonly Argument[]): Column<any, string, unknown> => invoke('map_concat', [...more])

/** Does the map hold the key? @example map_contains_key(map('a', 1), 'a') */
export const mapContainsKey = <const A extends Argument>(a: A, b: Argument): Column<boolean, string, Needs<A>> =>
  invoke('map_contains_key', [a, b])

/** The entries as an array of structs key, value. @example map_entries(map('a', 1)) */
export const mapEntries = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('map_entries', [a])

/** The entries that make the condition true. @example map_filter(map('a', 1), (k, v) -> v > 0) */
export const mapFilter = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('map_filter', [a, b])

/** A map from an array of keys and an array of values of the same length. @example map_from_arrays(array('a', 'b'), array(1, 2)) */
export const mapFromArrays = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('map_from_arrays', [a, b])

/** A map from an array of structs of key and value. @example map_from_entries(array(struct('a', 1))) */
export const mapFromEntries = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('map_from_entries', [a])

/** The keys of the map. @example map_keys(map('a', 1)) */
export const mapKeys = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('map_keys', [a])

/** The values of the map. @example map_values(map('a', 1)) */
export const mapValues = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('map_values', [a])

/** Two maps joined by key; where one lacks a key its value is null. @example map_zip_with(map('a', 1), map('a', 2), (k, x, y) -> x + y) */
export const mapZipWith = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<any, string, Needs<A> & Needs<B> & Needs<C>> => invoke('map_zip_with', [a, b, c])

/** Capitals, small letters, digits and other characters each replaced; null leaves a kind as it is. @example mask('abcd-EFGH-8765-4321') */
export const mask = <const A extends Argument>(
  a: A,
  b?: Argument,
  c?: Argument,
  d?: Argument,
  e?: Argument,
): Column<string, string, Needs<A>> => invoke('mask', [a, b, c, d, e])

/** The largest value; NaN is larger than any number. @example max(x) */
export const max = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('max', [a])

/** The value of x in the row where y is largest; with k, the k such values in an array. @example max_by(x, y) */
export const maxBy = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('max_by', [a, b, c])

/** The MD5 of the bytes in hexadecimal digits. @example md5('Spark') */
export const md5 = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('md5', [a])

/** The mean value. @example avg(x) */
export const mean = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('mean', [a])

/** The exact median. @example median(x) */
export const median = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('median', [a])

/** The smallest value. @example min(x) */
export const min = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('min', [a])

/** The value of x in the row where y is smallest; with k, the k such values in an array. @example min_by(x, y) */
export const minBy = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('min_by', [a, b, c])

/** The minute. @example minute(timestamp'2018-02-14 12:58:59') */
export const minute = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('minute', [a])

/** The most frequent value; with true as second argument the smallest of them. @example mode(x) */
export const mode = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('mode', [a, b])

/** A number that no other row of the batch has and that grows. */
export const monotonicallyIncreasingId = (): Column<bigint, string, unknown> => invoke('monotonically_increasing_id', [])

/** The month, 1 to 12. @example month(date'2009-07-30') */
export const month = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('month', [a])

/** The short English name of the month. @example monthname(date'2008-02-20') */
export const monthname = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('monthname', [a])

/** Months from the second time to the first, with a fraction of 31 days, rounded to 8 digits unless the last argument is false. @example months_between(timestamp'1997-02-28 10:30:00', timestamp'1996-10-30') */
export const monthsBetween = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<number, string, Needs<A> & Needs<B>> => invoke('months_between', [a, b, c])

/** A struct of names and values in turn. @example named_struct('a', 1, 'b', 2) */
export const namedStruct = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  ...more: readonly Argument[]
): Column<any, string, Needs<A> & Needs<B>> => invoke('named_struct', [a, b, ...more])

/** The second value where the first is NaN. @example nanvl(cast('NaN' as double), 123) */
export const nanvl = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('nanvl', [a, b])

/** The value with the other sign. Fails on overflow. @example negative(1) */
export const negate = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('negate', [a])

/** The value with the other sign. Fails on overflow. @example negative(1) */
export const negative = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('negative', [a])

/** The first date after this one that falls on the named day of the week. @example next_day(date'2015-01-14', 'TU') */
export const nextDay = <const A extends Argument>(a: A, b: Argument): Column<LocalDate, string, Needs<A>> => invoke('next_day', [a, b])

/** Now, the same for a whole batch. @example current_timestamp() */
export const now = (): Column<Timestamp, string, unknown> => invoke('now', [])

/** The value of the n-th row of the frame. @example nth_value(x, 2) OVER (ORDER BY y) */
export const nthValue = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('nth_value', [a, b, c])

/** The number of the bucket the row falls in, when the partition is dealt into n buckets. @example ntile(4) OVER (ORDER BY x) */
export const ntile = (a?: Argument): Column<number, string, unknown> => invoke('ntile', [a])

/** Null where both are equal, else the first value. @example nullif(2, 2) */
export const nullif = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('nullif', [a, b])

/** Null for 0, else the value. @example nullifzero(2) */
export const nullifzero = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('nullifzero', [a])

/** The second value where the first is null. @example ifnull(NULL, array('2')) */
export const nvl = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('nvl', [a, b])

/** The second value where the first is not null, else the third. @example nvl2(NULL, 2, 1) */
export const nvl2 = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<any, string, Needs<A> & Needs<B> & Needs<C>> => invoke('nvl2', [a, b, c])

/** The number of bytes. @example octet_length('Spark SQL') */
export const octetLength = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('octet_length', [a])

/** The text with a piece replaced, from a position on, so many characters (those of the replacement where it is negative). @example overlay('Spark SQL', '_', 6) */
export const overlay = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
  d?: Argument,
): Column<any, string, Needs<A> & Needs<B> & Needs<C>> => invoke('overlay', [a, b, c, d])

/** A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO, or one value of the query. @example parse_url('http://spark.apache.org/path?query=1', 'HOST') */
export const parseUrl = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<string, string, Needs<A> & Needs<B>> => invoke('parse_url', [a, b, c])

/** The rank as a share from 0 to 1. @example percent_rank() OVER (ORDER BY x) */
export const percentRank = (...more: readonly Argument[]): Column<number, string, unknown> => invoke('percent_rank', [...more])

/** The exact percentile, by interpolation; the third argument is how often each value counts. @example percentile(x, 0.3) */
export const percentile = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('percentile', [a, b, c])

/** A value of the column at or above the given share of all values. @example percentile_approx(x, 0.5, 100) */
export const percentileApprox = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('percentile_approx', [a, b, c])

/** percentile_cont(p) WITHIN GROUP (ORDER BY x): the percentile by interpolation. @example percentile_cont(0.25) WITHIN GROUP (ORDER BY x) */
export const percentileCont = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('percentile_cont', [a, b])

/** percentile_disc(p) WITHIN GROUP (ORDER BY x): the first value at or above the share p. @example percentile_disc(0.25) WITHIN GROUP (ORDER BY x) */
export const percentileDisc = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('percentile_disc', [a, b])

/** The number pi. @example pi() */
export const pi = (): Column<number, string, unknown> => invoke('pi', [])

/** The remainder made positive. Fails on a zero divisor. @example pmod(-10, 3) */
export const pmod = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('pmod', [a, b])

/** A row for each element or entry, with its position from 0. @example posexplode(array(10, 20)) */
export const posexplode = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('posexplode', [a])

/** A row for each element or entry, with its position from 0. A row of nulls where there is none. @example posexplode_outer(array(10, 20)) */
export const posexplodeOuter = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('posexplode_outer', [a])

/** Where the first text begins in the second, from a position on; 0 where it does not. @example locate('bar', 'foobarbar', 5) */
export const position = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<number, string, Needs<A> & Needs<B>> => invoke('position', [a, b, c])

/** The value itself. @example positive(1) */
export const positive = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('positive', [a])

/** The first argument to the power of the second. @example power(2, 3) */
export const pow = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('pow', [a, b])

/** The first argument to the power of the second. @example power(2, 3) */
export const power = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('power', [a, b])

/** The text with its printf places (%d %s …) filled in. @example format_string('Hello World %d %s', 100, 'days') */
export const printf = (a: Argument, ...more: readonly Argument[]): Column<string, string, unknown> => invoke('printf', [a, ...more])

/** The product of all values. */
export const product = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('product', [a])

/** The quarter, 1 to 4. @example quarter(date'2009-07-30') */
export const quarter = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('quarter', [a])

/** The text in single quotes, quotes within escaped. @example quote('Don\'t') */
export const quote = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('quote', [a])

/** Degrees as radians. @example radians(180) */
export const radians = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('radians', [a])

/** Fails with the message. */
export const raiseError = (a: Argument): Column<any, string, unknown> => invoke('raise_error', [a])

/** A random number from [0, 1). @example rand() */
export const rand = (a?: Argument): Column<number, string, unknown> => invoke('rand', [a])

/** A random number of the standard normal distribution. @example randn() */
export const randn = (a?: Argument): Column<number, string, unknown> => invoke('randn', [a])

/** A random number from [0, 1). @example rand() */
export const random = (a?: Argument): Column<number, string, unknown> => invoke('random', [a])

/** Random letters and digits. @example randstr(3, 0) */
export const randstr = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> => invoke('randstr', [a, b])

/** The rank of the row; equal rows share one, and leave a gap. @example rank() OVER (ORDER BY x) */
export const rank = (): Column<number, string, unknown> => invoke('rank', [])

/** Folds the array: from a start value, merge(state, element) for each, then finish(state). @example aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x) */
export const reduce = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
  d?: Argument,
): Column<any, string, Needs<A> & Needs<B> & Needs<C>> => invoke('reduce', [a, b, c, d])

/** Is there a match of the regular expression in the text? @example rlike('spark', 'ar+') */
export const regexp = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<boolean, string, Needs<A> & Needs<B>> =>
  invoke('regexp', [a, b])

/** How many matches there are. @example regexp_count('Steven Jones', 'e') */
export const regexpCount = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('regexp_count', [a, b])

/** The first match's group, '' without a match. @example regexp_extract('100-200', r'(\d+)-(\d+)', 1) */
export const regexpExtract = <const A extends Argument>(a: A, b: Argument, c?: Argument): Column<string, string, Needs<A>> =>
  invoke('regexp_extract', [a, b, c])

/** The group of every match. @example regexp_extract_all('100-200, 300-400', r'(\d+)-(\d+)', 1) */
export const regexpExtractAll = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<string[], string, Needs<A> & Needs<B>> => invoke('regexp_extract_all', [a, b, c])

/** Where the first match begins, counted from 1; 0 without a match. @example regexp_instr('abc', 'b') */
export const regexpInstr = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<number, string, Needs<A> & Needs<B>> => invoke('regexp_instr', [a, b, c])

/** Is there a match of the regular expression in the text? @example rlike('spark', 'ar+') */
export const regexpLike = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<boolean, string, Needs<A> & Needs<B>> =>
  invoke('regexp_like', [a, b])

/** Every match replaced, from a place counted from 1; $1 in the replacement is the first group. @example regexp_replace('100-200', r'(\d+)', 'num') */
export const regexpReplace = <const A extends Argument>(a: A, b: Argument, c: Argument, d?: Argument): Column<string, string, Needs<A>> =>
  invoke('regexp_replace', [a, b, c, d])

/** The first match, null without one. @example regexp_substr('Steven Jones', 'Ste(v|ph)en') */
export const regexpSubstr = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<string, string, Needs<A> & Needs<B>> =>
  invoke('regexp_substr', [a, b])

/** The mean of x over the rows where neither is null. @example regr_avgx(y, x) */
export const regrAvgx = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('regr_avgx', [a, b])

/** The mean of y over the rows where neither is null. @example regr_avgy(y, x) */
export const regrAvgy = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('regr_avgy', [a, b])

/** How many rows have both values. @example regr_count(y, x) */
export const regrCount = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<bigint, string, Needs<A> & Needs<B>> =>
  invoke('regr_count', [a, b])

/** Where the least-squares line meets the y axis. @example regr_intercept(y, x) */
export const regrIntercept = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
): Column<number, string, Needs<A> & Needs<B>> => invoke('regr_intercept', [a, b])

/** The coefficient of determination. @example regr_r2(y, x) */
export const regrR2 = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('regr_r2', [a, b])

/** The slope of the least-squares line. @example regr_slope(y, x) */
export const regrSlope = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('regr_slope', [a, b])

/** The sum of squares of x about its mean, over complete pairs. @example regr_sxx(y, x) */
export const regrSxx = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('regr_sxx', [a, b])

/** The sum of products about the means, over complete pairs. @example regr_sxy(y, x) */
export const regrSxy = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('regr_sxy', [a, b])

/** The sum of squares of y about its mean, over complete pairs. @example regr_syy(y, x) */
export const regrSyy = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<number, string, Needs<A> & Needs<B>> =>
  invoke('regr_syy', [a, b])

/** The text so many times. @example repeat('123', 2) */
export const repeat = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<string, string, Needs<A> & Needs<B>> =>
  invoke('repeat', [a, b])

/** The text with every occurrence of another replaced, or left out. @example replace('ABCabc', 'abc', 'DEF') */
export const replace = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<string, string, Needs<A> & Needs<B>> => invoke('replace', [a, b, c])

/** The elements, bytes or characters in reverse order. @example reverse('abc') */
export const reverse = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('reverse', [a])

/** So many characters from the right. @example right('Spark SQL', 3) */
export const right = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<string, string, Needs<A> & Needs<B>> =>
  invoke('right', [a, b])

/** The nearest whole number; a half goes to the even one. @example rint(12.3456) */
export const rint = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('rint', [a])

/** Is there a match of the regular expression in the text? @example rlike('spark', 'ar+') */
export const rlike = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<boolean, string, Needs<A> & Needs<B>> =>
  invoke('rlike', [a, b])

/** Rounds to so many digits; a half goes away from zero. @example round(2.5, 0) */
export const round = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('round', [a, b])

/** The running number of the row, from 1. @example row_number() OVER (ORDER BY x) */
export const rowNumber = (): Column<number, string, unknown> => invoke('row_number', [])

/** Filled up on the right, or cut, to a length. @example rpad('hi', 5, '??') */
export const rpad = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('rpad', [a, b, c])

/** The text without blanks, or the given characters, at its end. @example rtrim('    SparkSQL   ') */
export const rtrim = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> => invoke('rtrim', [a, b])

/** The type of the values of an Avro schema (JSON text), in DDL. @example schema_of_avro('{"type":"array","items":"int"}') */
export const schemaOfAvro = (a: Argument, b?: Argument): Column<string, string, unknown> => invoke('schema_of_avro', [a, b])

/** The schema of a CSV record, in DDL. @example schema_of_csv('1,abc') */
export const schemaOfCsv = (a: Argument, b?: Argument): Column<string, string, unknown> => invoke('schema_of_csv', [a, b])

/** The schema of a JSON text, in DDL. @example schema_of_json('[{"col":0}]') */
export const schemaOfJson = (a: Argument, b?: Argument): Column<string, string, unknown> => invoke('schema_of_json', [a, b])

/** The secant of an angle in radians. @example sec(0) */
export const sec = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('sec', [a])

/** The second, without its fraction. @example second(timestamp'2018-02-14 12:58:59') */
export const second = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('second', [a])

/** The sentences of a text as arrays of words. @example sentences('Hi there! Good morning.') */
export const sentences = <const A extends Argument>(a: A, b?: Argument, c?: Argument): Column<any[], string, Needs<A>> =>
  invoke('sentences', [a, b, c])

/** An array from start to stop, both included, by step (1 or -1, one day for times). @example sequence(1, 5) */
export const sequence = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('sequence', [a, b, c])

/** Who runs the session. @example current_user() */
export const sessionUser = (): Column<string, string, unknown> => invoke('session_user', [])

/** The SHA-1 of the bytes in hexadecimal digits. @example sha1('Spark') */
export const sha = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('sha', [a])

/** The SHA-1 of the bytes in hexadecimal digits. @example sha1('Spark') */
export const sha1 = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('sha1', [a])

/** The SHA-2 of the bytes, of 224, 256, 384 or 512 bits (0 is 256). @example sha2('Spark', 256) */
export const sha2 = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<string, string, Needs<A> & Needs<B>> =>
  invoke('sha2', [a, b])

/** Bits moved to the left. @example shiftleft(2, 1) */
export const shiftleft = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('shiftleft', [a, b])

/** Bits moved to the right, the sign kept. @example shiftright(4, 1) */
export const shiftright = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('shiftright', [a, b])

/** Bits moved to the right, filled with zeros. @example shiftrightunsigned(4, 1) */
export const shiftrightunsigned = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
): Column<any, string, Needs<A> & Needs<B>> => invoke('shiftrightunsigned', [a, b])

/** The array in a random order. @example shuffle(array(1, 2, 3)) */
export const shuffle = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('shuffle', [a, b])

/** -1.0, 0.0 or 1.0 by the sign of the value. @example signum(40) */
export const sign = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('sign', [a])

/** -1.0, 0.0 or 1.0 by the sign of the value. @example signum(40) */
export const signum = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('signum', [a])

/** The sine of an angle in radians. @example sin(0) */
export const sin = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('sin', [a])

/** The hyperbolic sine. @example sinh(0) */
export const sinh = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('sinh', [a])

/** How many elements or entries there are; null for null. @example size(array(1, 2)) */
export const size = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('size', [a])

/** The skewness of a whole population. @example skewness(x) */
export const skewness = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('skewness', [a])

/** A part of the array: from a place counted from 1 (or from the end when negative), so many elements. @example slice(array(1, 2, 3, 4), 2, 2) */
export const slice = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<any, string, Needs<A> & Needs<B> & Needs<C>> => invoke('slice', [a, b, c])

/** Is any value true? @example bool_or(x > 1) */
export const some = <const A extends Argument>(a: A): Column<boolean, string, Needs<A>> => invoke('some', [a])

/** The array sorted; nulls come first in ascending order, last in descending. @example sort_array(array(2, null, 1)) */
export const sortArray = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('sort_array', [a, b])

/** The Soundex code of an English word. @example soundex('Miller') */
export const soundex = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('soundex', [a])

/** So many blanks. @example space(2) */
export const space = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('space', [a])

/** The number of the partition, always 0. */
export const sparkPartitionId = (): Column<number, string, unknown> => invoke('spark_partition_id', [])

/** The parts between the matches of the regular expression, at most `limit` of them if it is above 0. @example split('oneAtwoBthreeC', '[ABC]') */
export const split = <const A extends Argument>(a: A, b: Argument, c?: Argument): Column<string[], string, Needs<A>> =>
  invoke('split', [a, b, c])

/** The n-th part between occurrences of a separator, from the end where n is negative; an empty text beyond. @example split_part('11.12.13', '.', 3) */
export const splitPart = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<string, string, Needs<A> & Needs<B> & Needs<C>> => invoke('split_part', [a, b, c])

/** The square root; NaN below 0. @example sqrt(4) */
export const sqrt = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('sqrt', [a])

/** The values laid out in n rows; every column takes the type of its first value. @example stack(2, 1, 2, 3) */
export const stack = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  ...more: readonly Argument[]
): Column<any, string, Needs<A> & Needs<B>> => invoke('stack', [a, b, ...more])

/** Does the first text begin with the second? @example startswith('Spark SQL', 'Spark') */
export const startswith = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<boolean, string, Needs<A> & Needs<B>> =>
  invoke('startswith', [a, b])

/** The standard deviation of a sample. @example stddev(x) */
export const std = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('std', [a])

/** The standard deviation of a sample. @example stddev(x) */
export const stddev = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('stddev', [a])

/** The standard deviation of a whole population. @example stddev_pop(x) */
export const stddevPop = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('stddev_pop', [a])

/** The standard deviation of a sample. @example stddev(x) */
export const stddevSamp = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('stddev_samp', [a])

/** A map from text: entries between the first delimiter, key and value between the second (both regular expressions). @example str_to_map('a:1,b:2') */
export const strToMap = <const A extends Argument>(a: A, b?: Argument, c?: Argument): Column<any, string, Needs<A>> =>
  invoke('str_to_map', [a, b, c])

/** The values in one string, with a delimiter between them. @example listagg(x, ', ') */
export const stringAgg = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> => invoke('string_agg', [a, b])

/** A struct of the given columns; each field has the name of its column, or col1, col2, …. @example struct(1, 2) */
export const struct = <const A extends Argument>(a: A, ...more: readonly Argument[]): Column<any, string, Needs<A>> =>
  invoke('struct', [a, ...more])

/** A piece from a position (counted from 1, or from the end where negative) of at most a length. @example substring('Spark SQL', 5) */
export const substr = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('substr', [a, b, c])

/** A piece from a position (counted from 1, or from the end where negative) of at most a length. @example substring('Spark SQL', 5) */
export const substring = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('substring', [a, b, c])

/** What stands before the n-th occurrence of a separator, or behind the n-th from the end where n is negative. @example substring_index('www.apache.org', '.', 2) */
export const substringIndex = <const A extends Argument, const C extends Argument>(
  a: A,
  b: Argument,
  c: C,
): Column<string, string, Needs<A> & Needs<C>> => invoke('substring_index', [a, b, c])

/** The total; whole numbers add up to bigint and fail when it overflows. @example sum(x) */
export const sum = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('sum', [a])

/** The tangent of an angle in radians. @example tan(0) */
export const tan = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('tan', [a])

/** The hyperbolic tangent. @example tanh(0) */
export const tanh = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('tanh', [a])

/** The start of the bucket of the given width that the time falls in. @example time_bucket(INTERVAL '15' MINUTE, timestamp'2024-01-01 11:27:00') */
export const timeBucket = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('time_bucket', [a, b, c])

/** How many whole units lie between two times of day. @example time_diff('HOUR', TIME'20:30:29', TIME'21:30:28') */
export const timeDiff = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<bigint, string, Needs<A> & Needs<B> & Needs<C>> => invoke('time_diff', [a, b, c])

/** A time of day from microseconds since midnight. @example time_from_micros(52200500000) */
export const timeFromMicros = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('time_from_micros', [a])

/** A time of day from milliseconds since midnight. @example time_from_millis(52200500) */
export const timeFromMillis = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('time_from_millis', [a])

/** A time of day from seconds since midnight. @example time_from_seconds(52200.5) */
export const timeFromSeconds = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('time_from_seconds', [a])

/** Microseconds since midnight. @example time_to_micros(TIME'14:30:00.5') */
export const timeToMicros = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('time_to_micros', [a])

/** Whole milliseconds since midnight. @example time_to_millis(TIME'14:30:00.5') */
export const timeToMillis = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('time_to_millis', [a])

/** Seconds since midnight. @example time_to_seconds(TIME'14:30:00.5') */
export const timeToSeconds = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('time_to_seconds', [a])

/** The time of day cut to a unit. @example time_trunc('HOUR', TIME'09:32:05.359') */
export const timeTrunc = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('time_trunc', [a, b])

/** The instant so many microseconds after 1970. @example timestamp_micros(1230219000123123) */
export const timestampMicros = <const A extends Argument>(a: A): Column<Timestamp, string, Needs<A>> => invoke('timestamp_micros', [a])

/** The instant so many milliseconds after 1970. @example timestamp_millis(1230219000123) */
export const timestampMillis = <const A extends Argument>(a: A): Column<Timestamp, string, Needs<A>> => invoke('timestamp_millis', [a])

/** The instant so many seconds after 1970, fractions included. @example timestamp_seconds(1230219000) */
export const timestampSeconds = <const A extends Argument>(a: A): Column<Timestamp, string, Needs<A>> => invoke('timestamp_seconds', [a])

/** The time that many units later. @example timestampadd(HOUR, 8, timestamp'2022-02-11 20:30:00') */
export const timestampadd = <const B extends Argument, const C extends Argument>(
  a: Argument,
  b: B,
  c: C,
): Column<any, string, Needs<B> & Needs<C>> => invoke('timestampadd', [a, b, c])

/** How many whole units lie between two times. @example timestampdiff(HOUR, timestamp'2022-02-11 20:30:00', timestamp'2022-02-12 04:30:00') */
export const timestampdiff = <const B extends Argument, const C extends Argument>(
  a: Argument,
  b: B,
  c: C,
): Column<bigint, string, Needs<B> & Needs<C>> => invoke('timestampdiff', [a, b, c])

/** The value as an Avro message, of the given schema (JSON text) or of the one its type gives. @example hex(to_avro(named_struct('a', 1))) */
export const toAvro = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('to_avro', [a, b])

/** The bytes of a text written as hex, utf-8 or base64. @example to_binary('abc', 'utf-8') */
export const toBinary = <const A extends Argument>(a: A, b?: Argument): Column<Uint8Array, string, Needs<A>> => invoke('to_binary', [a, b])

/** A number by a format such as 99G999D99, a date by a datetime pattern, bytes as hex, base64 or utf-8. @example to_char(454, '999') */
export const toChar = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<string, string, Needs<A> & Needs<B>> =>
  invoke('to_char', [a, b])

/** The struct as a CSV record. @example to_csv(named_struct('a', 1, 'b', 2)) */
export const toCsv = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> => invoke('to_csv', [a, b])

/** A date from text, by a pattern if given. @example to_date('2016-12-31', 'yyyy-MM-dd') */
export const toDate = <const A extends Argument>(a: A, b?: Argument): Column<LocalDate, string, Needs<A>> => invoke('to_date', [a, b])

/** The value as JSON text; null fields are left out. @example to_json(named_struct('a', 1)) */
export const toJson = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> => invoke('to_json', [a, b])

/** The number a text holds by a format of 0 9 . D , G $ S MI PR. Fails where it does not fit. @example to_number('$78.12', '$99.99') */
export const toNumber = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('to_number', [a, b])

/** A time of day from text, by a pattern if given. @example to_time('00:12:00') */
export const toTime = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('to_time', [a, b])

/** An instant from text, by a pattern if given; text without a zone is read in the session zone. @example to_timestamp('2016-12-31', 'yyyy-MM-dd') */
export const toTimestamp = <const A extends Argument>(a: A, b?: Argument): Column<Timestamp, string, Needs<A>> =>
  invoke('to_timestamp', [a, b])

/** As to_timestamp. @example to_timestamp_ltz('2016-12-31', 'yyyy-MM-dd') */
export const toTimestampLtz = <const A extends Argument>(a: A, b?: Argument): Column<Timestamp, string, Needs<A>> =>
  invoke('to_timestamp_ltz', [a, b])

/** A local timestamp from text, by a pattern if given. @example to_timestamp_ntz('2016-12-31', 'yyyy-MM-dd') */
export const toTimestampNtz = <const A extends Argument>(a: A, b?: Argument): Column<LocalTimestamp, string, Needs<A>> =>
  invoke('to_timestamp_ntz', [a, b])

/** Seconds since 1970 of a time, or of text by a pattern. @example to_unix_timestamp('2016-04-08', 'yyyy-MM-dd') */
export const toUnixTimestamp = <const A extends Argument>(a: A, b?: Argument): Column<bigint, string, Needs<A>> =>
  invoke('to_unix_timestamp', [a, b])

/** Shifts a time as if it had been read in the zone and should be read in UTC. @example to_utc_timestamp(timestamp'2016-08-31 00:00:00', 'Asia/Seoul') */
export const toUtcTimestamp = <const A extends Argument>(a: A, b: Argument): Column<Timestamp, string, Needs<A>> =>
  invoke('to_utc_timestamp', [a, b])

/** A number by a format such as 99G999D99, a date by a datetime pattern, bytes as hex, base64 or utf-8. @example to_varchar(454, '999') */
export const toVarchar = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<string, string, Needs<A> & Needs<B>> =>
  invoke('to_varchar', [a, b])

/** Each element through the function; it may take the index (from 0) as well. @example transform(array(1, 2), x -> x + 1) */
export const transform = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('transform', [a, b])

/** Each key through the function; new keys may come once. @example transform_keys(map('a', 1), (k, v) -> upper(k)) */
export const transformKeys = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('transform_keys', [a, b])

/** Each value through the function. @example transform_values(map('a', 1), (k, v) -> v + 1) */
export const transformValues = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('transform_values', [a, b])

/** Each character found in the second argument replaced by the one at its place in the third. @example translate('AaBbCc', 'abc', '123') */
export const translate = <const A extends Argument>(a: A, b: Argument, c: Argument): Column<string, string, Needs<A>> =>
  invoke('translate', [a, b, c])

/** The text without blanks, or the given characters, at both ends. @example trim('    SparkSQL   ') */
export const trim = <const A extends Argument>(a: A, b?: Argument): Column<string, string, Needs<A>> => invoke('trim', [a, b])

/** The first day of the unit that the date falls in; null for an unknown unit. @example trunc(date'2009-02-12', 'MM') */
export const trunc = <const A extends Argument>(a: A, b: Argument): Column<LocalDate, string, Needs<A>> => invoke('trunc', [a, b])

/** The sum, null on overflow. @example try_add(2147483647, 1) */
export const tryAdd = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('try_add', [a, b])

/** As aes_decrypt, null where it fails. @example try_aes_decrypt(unhex('00'), '1234567890abcdef') */
export const tryAesDecrypt = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
  d?: Argument,
  e?: Argument,
): Column<Uint8Array, string, Needs<A> & Needs<B>> => invoke('try_aes_decrypt', [a, b, c, d, e])

/** The mean value, or null where the sum overflows. @example try_avg(x) */
export const tryAvg = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('try_avg', [a])

/** The quotient, null where the divisor is 0. @example try_divide(3, 0) */
export const tryDivide = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('try_divide', [a, b])

/** As element_at, but null where the place does not exist. @example try_element_at(array(1, 2), 3) */
export const tryElementAt = <const A extends Argument>(a: A, b: Argument): Column<any, string, Needs<A>> => invoke('try_element_at', [a, b])

/** A calendar interval from years, months, weeks, days, hours, minutes, seconds. @example try_make_interval(100, 11, 1, 1, 12, 30, 1.001001) */
export const tryMakeInterval = (
  a?: Argument,
  b?: Argument,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
  g?: Argument,
): Column<any, string, unknown> => invoke('try_make_interval', [a, b, c, d, e, f, g])

/** An instant from year, month, day, hour, minute, second in the session zone (or the given one). @example try_make_timestamp(2014, 12, 28, 6, 30, 45.887) */
export const tryMakeTimestamp = <const A extends Argument>(
  a: A,
  b?: Argument,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
  g?: Argument,
): Column<Timestamp, string, Needs<A>> => invoke('try_make_timestamp', [a, b, c, d, e, f, g])

/** As make_timestamp. @example try_make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887) */
export const tryMakeTimestampLtz = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
  g?: Argument,
): Column<Timestamp, string, Needs<A> & Needs<B>> => invoke('try_make_timestamp_ltz', [a, b, c, d, e, f, g])

/** A local timestamp, without a zone, from its parts. @example try_make_timestamp_ntz(2014, 12, 28, 6, 30, 45.887) */
export const tryMakeTimestampNtz = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
): Column<LocalTimestamp, string, Needs<A> & Needs<B>> => invoke('try_make_timestamp_ntz', [a, b, c, d, e, f])

/** The remainder, null where the divisor is 0. @example try_mod(3, 0) */
export const tryMod = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('try_mod', [a, b])

/** The product, null on overflow. @example try_multiply(2147483647, 2) */
export const tryMultiply = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('try_multiply', [a, b])

/** As parse_url, null where the URL is malformed. @example try_parse_url('http://spark.apache.org/path?query=1', 'HOST') */
export const tryParseUrl = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<string, string, Needs<A> & Needs<B>> => invoke('try_parse_url', [a, b, c])

/** The difference, null on overflow. @example try_subtract(-2147483648, 1) */
export const trySubtract = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('try_subtract', [a, b])

/** The total, or null where it overflows. @example try_sum(x) */
export const trySum = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('try_sum', [a])

/** As to_binary, null where the text is malformed. @example try_to_binary('abc', 'utf-8') */
export const tryToBinary = <const A extends Argument>(a: A, b?: Argument): Column<Uint8Array, string, Needs<A>> =>
  invoke('try_to_binary', [a, b])

/** As to_date, but null where the text is no date. @example try_to_date('2016-12-31', 'yyyy-MM-dd') */
export const tryToDate = <const A extends Argument>(a: A, b?: Argument): Column<LocalDate, string, Needs<A>> =>
  invoke('try_to_date', [a, b])

/** As to_number, null where the text does not fit. @example try_to_number('$78.12', '$99.99') */
export const tryToNumber = <const A extends Argument, const B extends Argument>(a: A, b: B): Column<any, string, Needs<A> & Needs<B>> =>
  invoke('try_to_number', [a, b])

/** As to_time, but null where the text is no time. @example try_to_time('foo', 'HH:mm:ss') */
export const tryToTime = <const A extends Argument>(a: A, b?: Argument): Column<any, string, Needs<A>> => invoke('try_to_time', [a, b])

/** As to_timestamp, but null where the text is no time. @example try_to_timestamp('foo', 'yyyy-MM-dd') */
export const tryToTimestamp = <const A extends Argument>(a: A, b?: Argument): Column<Timestamp, string, Needs<A>> =>
  invoke('try_to_timestamp', [a, b])

/** As url_decode, null where the text is malformed. @example try_url_decode('a%3') */
export const tryUrlDecode = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('try_url_decode', [a])

/** The text, null where its bytes are no UTF-8. @example try_validate_utf8('Spark') */
export const tryValidateUtf8 = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('try_validate_utf8', [a])

/** In capitals. @example upper('SparkSql') */
export const ucase = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('ucase', [a])

/** The bytes of a text in base 64. @example unbase64('U3BhcmsgU1FM') */
export const unbase64 = <const A extends Argument>(a: A): Column<Uint8Array, string, Needs<A>> => invoke('unbase64', [a])

/** The bytes of hexadecimal digits; null where they are none. @example unhex('537061726B') */
export const unhex = <const A extends Argument>(a: A): Column<Uint8Array, string, Needs<A>> => invoke('unhex', [a])

/** A random number between two constants, both included for whole numbers. @example uniform(10, 20, 0) */
export const uniform = <const A extends Argument, const B extends Argument>(
  a: A,
  b: B,
  c?: Argument,
): Column<any, string, Needs<A> & Needs<B>> => invoke('uniform', [a, b, c])

/** Days since 1970-01-01. @example unix_date(date'1970-01-02') */
export const unixDate = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('unix_date', [a])

/** Microseconds since 1970. @example unix_micros(timestamp'1970-01-01 00:00:01Z') */
export const unixMicros = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('unix_micros', [a])

/** Whole milliseconds since 1970. @example unix_millis(timestamp'1970-01-01 00:00:01Z') */
export const unixMillis = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('unix_millis', [a])

/** Whole seconds since 1970. @example unix_seconds(timestamp'1970-01-01 00:00:01Z') */
export const unixSeconds = <const A extends Argument>(a: A): Column<bigint, string, Needs<A>> => invoke('unix_seconds', [a])

/** Seconds since 1970 of a time, or of text by a pattern; without arguments of now. @example unix_timestamp('2016-04-08', 'yyyy-MM-dd') */
export const unixTimestamp = (a?: Argument, b?: Argument): Column<bigint, string, unknown> => invoke('unix_timestamp', [a, b])

/** In capitals. @example upper('SparkSql') */
export const upper = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('upper', [a])

/** The text behind application/x-www-form-urlencoded. @example url_decode('https%3A%2F%2Fspark.apache.org') */
export const urlDecode = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('url_decode', [a])

/** The text as application/x-www-form-urlencoded. @example url_encode('https://spark.apache.org') */
export const urlEncode = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('url_encode', [a])

/** Who runs the session. @example current_user() */
export const user = (): Column<string, string, unknown> => invoke('user', [])

/** A random UUID. @example uuid() */
export const uuid = (): Column<string, string, unknown> => invoke('uuid', [])

/** The text; fails where its bytes are no UTF-8. @example validate_utf8('Spark') */
export const validateUtf8 = <const A extends Argument>(a: A): Column<string, string, Needs<A>> => invoke('validate_utf8', [a])

/** The variance of a whole population. @example var_pop(x) */
export const varPop = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('var_pop', [a])

/** The variance of a sample. @example variance(x) */
export const varSamp = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('var_samp', [a])

/** The variance of a sample. @example variance(x) */
export const variance = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('variance', [a])

/** The version. @example version() */
export const version = (): Column<string, string, unknown> => invoke('version', [])

/** The day of the week, 0 for Monday to 6 for Sunday. @example weekday(date'2009-07-30') */
export const weekday = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('weekday', [a])

/** The week of the year by ISO 8601. @example weekofyear(date'2009-07-30') */
export const weekofyear = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('weekofyear', [a])

/** Which of so many equal buckets between two bounds the value falls in; 0 below, one more than all above. @example width_bucket(5.3, 0.2, 10.6, 5) */
export const widthBucket = <const A extends Argument, const B extends Argument, const C extends Argument, const D extends Argument>(
  a: A,
  b: B,
  c: C,
  d: D,
): Column<bigint, string, Needs<A> & Needs<B> & Needs<C> & Needs<D>> => invoke('width_bucket', [a, b, c, d])

/** The last moment inside a time window: its end less a microsecond. */
export const windowTime = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('window_time', [a])

/** The struct with one field replaced or added; what withField() makes. */
export const withField = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<any, string, Needs<A> & Needs<B> & Needs<C>> => invoke('with_field', [a, b, c])

/** xxHash (64 bit, seed 42) of all arguments; nulls leave the hash as it is. @example xxhash64('Spark', array(123), 2) */
export const xxhash64 = <const A extends Argument>(a: A, ...more: readonly Argument[]): Column<bigint, string, Needs<A>> =>
  invoke('xxhash64', [a, ...more])

/** The year. @example year(date'2009-07-30') */
export const year = <const A extends Argument>(a: A): Column<number, string, Needs<A>> => invoke('year', [a])

/** 0 for null, else the value. @example zeroifnull(NULL) */
export const zeroifnull = <const A extends Argument>(a: A): Column<any, string, Needs<A>> => invoke('zeroifnull', [a])

/** Two arrays joined element by element; the shorter is filled with nulls. @example zip_with(array(1, 2), array(3, 4), (x, y) -> x + y) */
export const zipWith = <const A extends Argument, const B extends Argument, const C extends Argument>(
  a: A,
  b: B,
  c: C,
): Column<any, string, Needs<A> & Needs<B> & Needs<C>> => invoke('zip_with', [a, b, c])
