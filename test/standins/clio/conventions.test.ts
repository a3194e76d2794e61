import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startClio, type ClioHarness } from './harness.js';

let clio: ClioHarness;
beforeAll(async () => {
  clio = await startClio();
});
beforeEach(() => clio.reset());
afterAll(() => clio.close());

const ann = { type: 'Person', first_name: 'Ann', last_name: 'Lopez' };
const addContact = async (data: object = ann) => (await clio.call('POST', '/contacts.json', data)).id;

describe('fields', () => {
  test('left out, the answer holds id and etag only', async () => {
    const { status, record } = await clio.call('POST', '/contacts', ann);
    expect(status).toBe(201);
    expect(Object.keys(record)).toEqual(['id', 'etag']);
  });

  test('one level of braces reaches into an association; without braces it gives its id and etag', async () => {
    const client = await addContact();
    const matter = { client: { id: client }, description: 'Intake' };
    const path = (fields: string) => `/matters.json?fields=${fields}`;
    const nested = await clio.call('POST', path('id,status,client{id,name}'), matter);
    expect(nested.record).toMatchObject({ status: 'Open', client: { id: client, name: 'Ann Lopez' } });
    const encoded = await clio.call('GET', path(encodeURIComponent('client,practice_area{name}')));
    expect(Object.keys(encoded.rows[0]!['client'] as object)).toEqual(['id', 'etag']);
    expect(encoded.rows[0]!['practice_area']).toBeNull();
  });

  test('an unknown name, a second level or broken braces is refused before anything is stored', async () => {
    for (const fields of [
      'nope',
      'company{nope}',
      'company{company{id}}',
      'company{id',
      'id,,name',
      'name{id}',
    ]) {
      const { status, error } = await clio.call('POST', `/contacts?fields=${fields}`, ann);
      expect([fields, status, error?.type]).toEqual([fields, 400, 'InvalidFields']);
    }
    expect(await clio.control.created('contact')).toEqual([]);
  });
});

describe('requests', () => {
  test('paths work with and without .json', async () => {
    const id = await addContact();
    for (const path of ['/contacts', '/contacts.json', `/contacts/${id}`, `/contacts/${id}.json`])
      expect((await clio.call('GET', path)).status).toBe(200);
  });

  test('a repeated POST makes a second record', async () => {
    expect(await addContact()).not.toBe(await addContact());
    expect(await clio.control.created('contact')).toHaveLength(2);
  });

  test('unknown keys are dropped with a 201, and unknown filters leave the list unfiltered', async () => {
    await addContact({ ...ann, phone: '+15550100', favourite_colour: 'red' });
    await addContact();
    expect((await clio.control.created('contact'))[0]).not.toHaveProperty('favourite_colour');
    expect((await clio.call('GET', '/contacts?phone=%2B15550100')).rows).toHaveLength(2);
  });

  test('a body that is not wrapped in data is refused', async () => {
    const headers = { 'content-type': 'application/json' };
    const token = await clio.token();
    const response = await fetch(`${clio.url}/api/v4/contacts`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${token}` },
      body: JSON.stringify(ann),
    });
    expect(response.status).toBe(400);
  });

  test('PATCH answers 200, DELETE an empty 204 and then 404', async () => {
    const id = await addContact();
    const patched = await clio.call('PATCH', `/contacts/${id}?fields=name`, { first_name: 'Anna' });
    expect([patched.status, patched.record]).toEqual([200, { name: 'Anna Lopez' }]);
    const removed = await clio.call('DELETE', `/contacts/${id}`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    const again = await clio.call('DELETE', `/contacts/${id}`);
    expect([again.status, again.error?.type]).toEqual([404, 'RecordNotFound']);
  });

  test('an ETag spares an unchanged read and guards a change', async () => {
    const id = await addContact();
    const etag = (await clio.call('GET', `/contacts/${id}`)).headers.get('etag')!;
    expect(etag).toMatch(/^"[0-9a-f]+"$/);
    expect((await clio.call('GET', `/contacts/${id}`, undefined, { 'if-none-match': etag })).status).toBe(
      304,
    );
    const change = () => clio.call('PATCH', `/contacts/${id}`, { title: 'Ms' }, { 'if-match': etag });
    expect((await change()).status).toBe(200);
    expect((await change()).status).toBe(412);
    expect((await clio.call('GET', `/contacts/${id}`, undefined, { 'if-none-match': etag })).status).toBe(
      200,
    );
  });

  test('the API version is echoed, and an unknown one is gone', async () => {
    const version = async (name?: string) => {
      const answer = await clio.call('GET', '/contacts', undefined, name ? { 'x-api-version': name } : {});
      return [answer.status, answer.headers.get('x-api-version')];
    };
    expect(await version()).toEqual([200, '4.0.13']);
    expect(await version('4.0.4')).toEqual([200, '4.0.4']);
    expect(await version('4.0.3')).toEqual([410, null]);
    expect(await version('five')).toEqual([410, null]);
  });
});

describe('limits', () => {
  test('the 51st request of a minute gets 429 with Retry-After, another token is not affected', async () => {
    let last = await clio.call('GET', '/contacts');
    expect(last.headers.get('x-ratelimit-limit')).toBe('50');
    expect(last.headers.get('x-ratelimit-remaining')).toBe('49');
    for (let sent = 1; sent < 51; sent += 1) last = await clio.call('GET', '/contacts');
    expect(last.status).toBe(429);
    const seconds = Number(last.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(last.error).toMatchObject({ type: 'RateLimited' });

    const other = await clio.token();
    const answer = await clio.call('GET', '/contacts', undefined, {
      authorization: `Bearer ${other}`,
    });
    expect(answer.status).toBe(200);
    await clio.control.advanceClock(seconds * 1_000);
    expect((await clio.call('GET', '/contacts')).status).toBe(200);
  });
});

describe('paging', () => {
  test('cursor mode walks every record both ways by full URLs', async () => {
    for (let made = 0; made < 5; made += 1) await addContact();
    const ids: number[][] = [];
    let next: string | undefined = `${clio.url}/api/v4/contacts?order=id(asc)&limit=2`;
    let last = next;
    while (next !== undefined) {
      last = next;
      const page = await clio.call('GET', next);
      ids.push(page.rows.map(({ id }) => id));
      next = page.paging.next;
    }
    expect(ids.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(new Set(ids.flat()).size).toBe(5);
    const previous = (await clio.call('GET', last)).paging.previous!;
    const back = await clio.call('GET', previous);
    expect(back.rows.map(({ id }) => id)).toEqual(ids[1]);
  });

  test('a mangled token, a limit over 200 and an offset past 10,000 are refused', async () => {
    const token = await clio.call('GET', '/contacts?order=id(asc)&page_token=zzz');
    expect([token.status, token.error?.message]).toEqual([400, 'page_token is invalid']);
    expect((await clio.call('GET', '/contacts?limit=201')).status).toBe(400);
    const offset = await clio.call('GET', '/contacts?offset=10001');
    expect([offset.status, offset.error?.type]).toEqual([422, 'ArgumentError']);
  });

  test('offset mode pages in any order', async () => {
    for (let made = 0; made < 3; made += 1) await addContact();
    const page = await clio.call('GET', '/contacts?order=id(desc)&limit=2&offset=1');
    const ids = page.rows.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(page.paging).toHaveProperty('previous');
    expect(page.paging).not.toHaveProperty('next');
  });
});
