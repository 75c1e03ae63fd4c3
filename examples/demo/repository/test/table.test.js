import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnWidths, table } from '../src/table.js';

test('columns are as wide as their longest cell', () => {
  assert.deepEqual(
    columnWidths([
      ['a', 'bb'],
      ['ccc', ''],
    ]),
    [3, 2],
  );
});

test('the header stands above a rule', () => {
  const text = table([
    ['city', 'country'],
    ['Oslo', 'Norway'],
  ]);
  assert.equal(text, 'city  country\n----  -------\nOslo  Norway\n');
});

test('missing cells are empty, and no line ends in spaces', () => {
  assert.equal(table([['a', 'b'], ['long']]), 'a     b\n----  -\nlong\n');
});
