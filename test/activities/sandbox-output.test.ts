import * as fc from 'fast-check';
import { keepOutput } from '../../src/activities/workspace/sandbox/output.ts';

describe('the kept output of a command', () => {
  test('is all of it while it is short enough', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (chunks) => {
        const output = keepOutput(100_000);
        for (const chunk of chunks) output.add(Buffer.from(chunk));
        expect(output.text()).toBe(chunks.map((chunk) => Buffer.from(chunk).toString()).join(''));
      }),
    );
  });

  test('never is longer than the limit, and says how much it leaves out', () => {
    const bytes = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 30 });
    fc.assert(
      fc.property(bytes, fc.integer({ min: 120, max: 1_000 }), (chunks, limit) => {
        const output = keepOutput(limit);
        const whole =
          chunks.map((chunk) => output.add(Buffer.from(chunk))).join('') + output.add(Buffer.from('.'));
        const text = output.text();
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
        expect(output.total()).toBe(chunks.reduce((sum, chunk) => sum + chunk.length, 1));
        const [head = '', tail = ''] = text.split(/\n\[… \d+ bytes of output are not shown …\]\n/);
        expect(whole.startsWith(head)).toBe(true);
        expect(whole.endsWith(tail)).toBe(true);
        if (text !== head) {
          const missing = Number(/… (\d+) bytes/.exec(text)?.[1]);
          const rest = Buffer.byteLength(whole) - missing;
          expect(Buffer.byteLength(head) + Buffer.byteLength(tail)).toBe(rest);
        }
      }),
    );
  });

  test('joins characters that arrive in two pieces, and cuts none in two', () => {
    const output = keepOutput(200);
    for (const byte of Buffer.from('é€🙂'.repeat(100))) output.add(Buffer.from([byte]));
    expect(output.text()).not.toContain('\u{fffd}');
  });
});
