import { expect, it } from '@jest/globals';
import { failure } from '../../src/ingest/failure.js';
import { redactor } from '../../src/ingest/redact.js';
import { refusal } from '../../src/ingest/refusal.js';

const key = 'the-api-key-0123456789';
const redact = redactor([key]);
const answer = (text: string) => ({ status: 422, header: () => undefined, text });
const messageOf = (text: string) =>
  failure(refusal(answer(text), 'presign', 'api', 'http://h/', redact), redact).message;

it.each(Array.from({ length: key.length + 1 }, (_, cut) => cut))(
  'a detail that is cut %i characters into the key shows none of it',
  (cut) => {
    const before = 'x'.repeat(300 - cut);
    expect(messageOf(JSON.stringify({ detail: `${before}${key} is not known` }))).toMatch(
      /^presign: the platform answered 422: x+(…[ \w]*)?(…)?$/,
    );
    expect(messageOf(JSON.stringify({ detail: `${before}${key}` }))).not.toContain('the-');
  },
);
