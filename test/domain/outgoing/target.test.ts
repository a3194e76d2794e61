import { expect, test } from '@jest/globals';
import { targetProblem, type TargetPolicy } from '../../../src/domain/outgoing/target.js';

const production: TargetPolicy = { ports: [443, 8443], allowPrivate: false };

test.each([
  'https://hooks.example.com/hermes',
  'https://hooks.zapier.com/hooks/catch/1/abc/',
  'https://hooks.example.com:443/x?token=y',
  'https://hooks.example.com:8443/x',
  'https://xn--bcher-kva.example/x',
])('may be named: %s', (url) => expect(targetProblem(url, production)).toBeUndefined());

test.each([
  ['begin with https', 'http://hooks.example.com/'],
  ['begin with https', 'ftp://hooks.example.com/'],
  ['begin with https', 'file:///etc/passwd'],
  ['whole address', 'hooks.example.com/x'],
  ['whole address', 'https://'],
  ['user name', 'https://user:secret@hooks.example.com/'],
  ['port 443 or 8443', 'https://hooks.example.com:22/'],
  ['port 443 or 8443', 'https://hooks.example.com:6379/'],
  ['not an IP address', 'https://10.0.0.1/'],
  ['not an IP address', 'https://8.8.8.8/'],
  ['not an IP address', 'https://0x7f000001/'],
  ['not an IP address', 'https://017700000001/'],
  ['not an IP address', 'https://2130706433/'],
  ['not an IP address', 'https://127.1/'],
  ['not an IP address', 'https://[::1]/'],
  ['not an IP address', 'https://[::ffff:169.254.169.254]/'],
  ['public internet', 'https://localhost/'],
  ['public internet', 'https://LOCALHOST./'],
  ['public internet', 'https://db/'],
  ['public internet', 'https://vault.service.internal/'],
  ['public internet', 'https://printer.local/'],
  ['public internet', 'https://router.home.arpa/'],
  ['at most 2048', `https://hooks.example.com/${'x'.repeat(2_048)}`],
])('must not be named (%s): %s', (why, url) => expect(targetProblem(url, production)).toContain(why));

test('development may name what it likes, over HTTP too, but nothing else', () => {
  const development = { ...production, allowPrivate: true };
  expect(targetProblem('http://127.0.0.1:8094/hook', development)).toBeUndefined();
  expect(targetProblem('gopher://127.0.0.1/', development)).toContain('http');
  expect(targetProblem('http://user@127.0.0.1/', development)).toContain('user name');
});
