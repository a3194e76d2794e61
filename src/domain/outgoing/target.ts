/** Which addresses on the web a firm may name as the target of its events. */
import { isPublicAddress } from './addresses.js';

export interface TargetPolicy {
  /** Ports that may be named; the usual one of the scheme counts as named. */
  ports: readonly number[];
  /** For development: plain HTTP, every port, private addresses and names. Never set it where others can register. */
  allowPrivate: boolean;
}

const MAX_URL = 2_048;

/**
 * Checks what can be checked without asking a resolver; the addresses behind the name are checked before every delivery.
 * @returns what is wrong, for the person who typed it; undefined when nothing is.
 */
export function targetProblem(text: string, policy: TargetPolicy): string | undefined {
  if (text.length > MAX_URL) return `must have at most ${MAX_URL} characters`;
  if (!URL.canParse(text)) return 'must be a whole address such as https://hooks.example.com/hermes';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or a password';
  if (policy.allowPrivate)
    return /^https?:$/.test(url.protocol) ? undefined : 'must begin with https:// or http://';
  if (url.protocol !== 'https:') return 'must begin with https://';
  const port = url.port === '' ? 443 : Number(url.port);
  if (!policy.ports.includes(port)) return `must use port ${policy.ports.join(' or ')}`;
  // The parser has turned 0x7f.1 and its like into four numbers by now.
  if (/^[\d.]+$/.test(url.hostname) || url.hostname.startsWith('['))
    return 'must name its host, not an IP address';
  if (!/\.[a-z][a-z0-9-]*\.?$/i.test(url.hostname) || CLOSED_NAMES.test(url.hostname))
    return 'must name a host on the public internet';
  return undefined;
}

/** Names that mean something only inside a network (RFC 6761, RFC 6762, RFC 8375, and what clouds use). */
const CLOSED_NAMES =
  /(^|\.)(localhost|local|internal|intranet|home\.arpa|lan|corp|home|test|invalid|onion)\.?$/i;

/** Whether a resolved address may be connected to. */
export const mayConnect = (address: string, policy: TargetPolicy): boolean =>
  policy.allowPrivate || isPublicAddress(address);
