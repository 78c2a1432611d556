import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageOf, redactedCause, redactor, secretsOf } from '../../src/ingest/redact.js';

describe('redactor', () => {
  it('takes secrets out wherever they stand, and an empty one does no harm', () => {
    expect(redactor(['k3y', ''])('k3y at https://h/k3y is not k3y.')).toBe('… at https://h/… is not ….');
  });

  it('takes out the query of a URL, with and without its host', () => {
    expect(redactor()('GET /store/x?X-Sig=abc&b=c, see "https://h/y?a=b" <https://h/z?a=b>')).toBe(
      'GET /store/x?… see "https://h/y?…" <https://h/z?…>',
    );
  });

  it('takes a secret out as a URL would write it', () => {
    expect(redactor(['k/3=y+'])('https://h/k%2F3%3Dy%2B/x')).toBe('https://h/…/x');
  });

  it('leaves a question alone', () => {
    expect(redactor()('is the endpoint right? it answered 404')).toBe('is the endpoint right? it answered 404');
  });

  it('leaves none of the values that sign a URL', () => {
    const value = fc.stringMatching(/^[a-zA-Z0-9+/=%]{8,40}$/);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        const url = new URL('https://storage.example/x');
        values.forEach((one, at) => {
          url.searchParams.set(`X-${at}`, one);
        });
        const redact = redactor([url.href, ...secretsOf(url)]);
        for (const one of values) {
          expect(redact(`<${one}>`)).toBe('<…>');
          expect(redact(`<${encodeURIComponent(one)}>`)).toBe('<…>');
          expect(redact(`${url.href} ${url.search}`)).not.toContain(encodeURIComponent(one));
        }
      }),
    );
  });
});

describe('the secrets of a presigned URL', () => {
  it('are its query and its values, as they stand there and decoded', () => {
    const url = new URL('https://storage.example/x?X-Sig=a%2fb%2Bc%3ddefg&short=1&flag');
    expect(secretsOf(url)).toEqual(['X-Sig=a%2fb%2Bc%3ddefg&short=1&flag', 'a%2fb%2Bc%3ddefg', 'a/b+c=defg']);
  });
});

describe('redactedCause', () => {
  it('keeps name, message and code, and leaves everything else behind', () => {
    const cause = Object.assign(new TypeError('bad k3y'), {
      code: 'ERR_INVALID_URL',
      input: 'https://h/?k3y',
      socket: { request: { headers: { 'x-api-key': 'k3y' } } },
      cause: new Error('k3y'),
    });
    const clone = redactedCause(cause, redactor(['k3y']));
    expect(clone).toMatchObject({ name: 'TypeError', message: 'bad …', code: 'ERR_INVALID_URL' });
    expect(inspect(clone, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain('k3y');
  });

  it('makes an error of whatever was thrown', () => {
    expect(redactedCause('k3y!', redactor(['k3y'])).message).toBe('…!');
    expect(redactedCause(undefined, redactor()).message).toBe('undefined');
  });
});

describe('messageOf', () => {
  it('finds what an error for several addresses says', () => {
    expect(messageOf(new AggregateError([new Error('connect ECONNREFUSED ::1:80'), new Error('other')]))).toBe(
      'connect ECONNREFUSED ::1:80',
    );
  });

  it('falls back to the code', () => {
    expect(messageOf(Object.assign(new Error(''), { code: 'EPIPE' }))).toBe('EPIPE');
  });
});
