/** Secrets that nobody else would write by chance, and where they turn up. */
import { randomInt } from 'node:crypto';

/** A capital and eleven small letters: what a name, a word and an e-mail address can be made of. */
export function canaryWord(): string {
  const letters = Array.from({ length: 11 }, () => String.fromCharCode(97 + randomInt(26))).join('');
  return `Q${letters}`;
}

/** A telephone number of Texas that rings nowhere we know: ten digits. */
export const canaryPhone = (): string =>
  `512${randomInt(200, 999)}${String(randomInt(10_000)).padStart(4, '0')}`;

/**
 * The bytes a text can be stored as: as it is, in small letters, UTF-16, hexadecimal, and base64 at each of the three
 * places in a longer text at which it can begin.
 */
export function formsOf(canary: string): Map<string, Buffer> {
  const utf8 = Buffer.from(canary, 'utf8');
  const forms = new Map([
    ['as it is', utf8],
    ['in small letters', Buffer.from(canary.toLowerCase(), 'utf8')],
    ['UTF-16LE', Buffer.from(canary, 'utf16le')],
    ['UTF-16BE', Buffer.from(canary, 'utf16le').swap16()],
    ['hex', Buffer.from(utf8.toString('hex'), 'utf8')],
  ]);
  for (const before of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(before), utf8]);
    const whole = shifted.toString('base64').replace(/=+$/, '');
    // Characters that also hold bits of what stands before or behind are left out.
    const certain = whole.slice(before && before + 1, shifted.length % 3 === 0 ? undefined : -1);
    forms.set(`base64 + ${before}`, Buffer.from(certain, 'utf8'));
    forms.set(`base64url + ${before}`, Buffer.from(certain.replace(/\+/g, '-').replace(/\//g, '_'), 'utf8'));
  }
  return forms;
}

/** Which canaries are in which place, as `name: place (form)`. */
export function findCanaries(
  canaries: Readonly<Record<string, string>>,
  places: ReadonlyMap<string, Buffer>,
): string[] {
  const found: string[] = [];
  for (const [name, canary] of Object.entries(canaries))
    for (const [form, bytes] of formsOf(canary))
      for (const [place, content] of places)
        if (content.includes(bytes)) found.push(`${name}: ${place} (${form})`);
  return found;
}
