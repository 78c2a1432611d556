import { describe, expect, it } from '@jest/globals';
import { checkEndpoint } from '../../src/ingest/endpoint.js';

const refusalOf = (endpoint: string): string => {
  try {
    return checkEndpoint(endpoint);
  } catch (error) {
    return (error as Error).message;
  }
};

describe('an endpoint', () => {
  it.each([
    ['https://api.example', 'https://api.example'],
    ['https://api.example/', 'https://api.example'],
    ['http://localhost:4100/lab//', 'http://localhost:4100/lab'],
  ])('%s is %s', (endpoint, checked) => {
    expect(checkEndpoint(endpoint)).toBe(checked);
  });

  it.each([
    ['api.example', 'api.example'],
    ['ftp://api.example', 'ftp://api.example'],
    ['ftp://user:passw0rd@api.example/x', '…@api.example/x'],
    ['https://user:passw0rd@api.example', '…@api.example'],
    ['https://user@passw0rd@api.example', '…@api.example'],
    ['https//user:passw0rd@api.example', '…@api.example'],
    ['https://api.example/?key=passw0rd', 'https://api.example/?…'],
    ['https://api.example/#passw0rd', 'https://api.example/?…'],
    ['api.example?key=passw0rd', 'api.example?…'],
  ])('%s is refused as %s', (endpoint, shown) => {
    expect(refusalOf(endpoint)).toBe(
      `endpoint must be an http(s) URL without user, query or fragment, and is ${JSON.stringify(shown)}`,
    );
  });
});
