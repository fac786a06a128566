import { describe } from 'vitest'
import { testTable } from '../../../../../test/support/expression-table.ts'

describe('rounding', () =>
  testTable('UTC', [
    ['round(1.005D, 2)', '1.01'],
    ['round(0.285D, 2)', '0.29'],
    ['round(-3.5D)', '-4.0'],
    ['bround(2.5D)', '2.0'],
    ['bround(25, -1)', '20'],
    ['round(15, -1)', '20'],
    ['round(-15, -1)', '-20'],
    ['round(2147483647, -1)', '!ARITHMETIC_OVERFLOW'],
    ['typeof(round(2.5, 0))', 'decimal(2,0)'],
    ['round(1234.5678, -2)', '1200'],
    ['bround(2.25, 1)', '2.2'],
    ['ceil(1.5D)', '2'],
    ['floor(-1.5D)', '-2'],
    ['ceil(-0.1)', '0'],
    ['floor(3.1411, 3)', '3.141'],
    ["floor(double('NaN'))", '0'],
    ["ceil(double('inf'))", '9223372036854775807'],
    ['rint(2.5D)', '2.0'],
  ]))

describe('where DuckDB fails or answers something else', () =>
  testTable('UTC', [
    ['log(0)', 'NULL'],
    ['ln(-1)', 'NULL'],
    ['log(10, 100)', '2.0'],
    ['sqrt(-1)', 'NaN'],
    ['acos(2)', 'NaN'],
    ['atanh(1)', 'Infinity'],
    ["sin(double('inf'))", 'NaN'],
    ['exp(1000)', 'Infinity'],
    ['cbrt(27)', '3.0'],
    ['power(0, -1)', 'Infinity'],
    ['factorial(21)', 'NULL'],
    ['width_bucket(5.3, 0.2, 10.6, 5)', '3'],
    ['width_bucket(5.3, 0.2, 10.6, 0)', 'NULL'],
    ['bin(-1)', '1'.repeat(64)],
    ['hex(-1L)', 'FFFFFFFFFFFFFFFF'],
    ["conv('-10', 16, -10)", '-16'],
    ['conv(-1, 10, 16)', 'FFFFFFFFFFFFFFFF'],
    ['greatest(1, null, 3)', '3'],
    ["least(double('NaN'), 1D)", '1.0'],
    ['rand(0)', '0.7604953758285915'],
    ['round(randn(0), 12)', '1.603499160928'],
  ]))
