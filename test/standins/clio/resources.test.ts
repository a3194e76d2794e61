import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startClio, type ClioHarness } from './harness.js';

let clio: ClioHarness;
beforeAll(async () => {
  clio = await startClio();
});
beforeEach(() => clio.reset());
afterAll(() => clio.close());

const add = async (path: string, data: object) => {
  const { status, error, id } = await clio.call('POST', path, data);
  expect([status, error]).toEqual([201, undefined]);
  return id;
};
const refused = async (path: string, data: object) => {
  const { status, error } = await clio.call('POST', path, data);
  expect(error?.message).toBeTruthy();
  return status;
};
const ids = async (path: string) => (await clio.call('GET', path)).rows.map(({ id }) => id);
const ann = { type: 'Person', first_name: 'Ann', last_name: 'Lopez' };

describe('contacts', () => {
  test('a person needs a first or last name; a lone name is split or refused', async () => {
    expect(await refused('/contacts', { type: 'Person' })).toBe(422);
    expect(await refused('/contacts', { type: 'Person', name: 'Cher' })).toBe(422);
    expect(await refused('/contacts', { type: 'Robot', name: 'R2 D2' })).toBe(422);
    const id = await add('/contacts', { type: 'Person', name: 'Ann Maria Lopez' });
    const { record } = await clio.call(
      'GET',
      `/contacts/${id}?fields=first_name,middle_name,last_name,is_client`,
    );
    expect(record).toEqual({
      first_name: 'Ann',
      middle_name: 'Maria',
      last_name: 'Lopez',
      is_client: false,
    });
  });

  test('what is written as default is read as primary, and the flat fields follow', async () => {
    const id = await add('/contacts', {
      ...ann,
      phone_numbers: [
        { name: 'Home', number: '+15550101' },
        { name: 'Mobile', number: '+15550102', default_number: true },
      ],
      email_addresses: [{ name: 'Home', address: 'ann@example.com', default_email: true }],
    });
    const fields = 'phone_numbers{id,name,number,primary},primary_phone_number,primary_email_address';
    const { record } = await clio.call('GET', `/contacts/${id}?fields=${fields}`);
    expect(record).toEqual({
      phone_numbers: [
        { id: 1, name: 'Home', number: '+15550101', primary: false },
        { id: 2, name: 'Mobile', number: '+15550102', primary: true },
      ],
      primary_phone_number: '+15550102',
      primary_email_address: 'ann@example.com',
    });
  });

  test('PATCH changes, adds and removes numbers by their ids', async () => {
    const id = await add('/contacts', {
      ...ann,
      phone_numbers: [{ number: '1' }, { name: 'Work', number: '2' }],
    });
    const { record } = await clio.call('PATCH', `/contacts/${id}?fields=phone_numbers{name,number,primary}`, {
      phone_numbers: [{ id: 1, _destroy: true }, { id: 2, number: '22' }, { number: '3' }],
    });
    expect(record['phone_numbers']).toEqual([
      { name: 'Work', number: '22', primary: true },
      { name: 'Other', number: '3', primary: false },
    ]);
  });

  test('a 21st phone number and an e-mail kind outside the list are refused', async () => {
    const numbers = Array.from({ length: 21 }, (_, index) => ({ name: 'Work', number: String(index) }));
    expect(await refused('/contacts', { ...ann, phone_numbers: numbers })).toBe(422);
    const mobile = [{ name: 'Mobile', address: 'ann@example.com' }];
    expect(await refused('/contacts', { ...ann, email_addresses: mobile })).toBe(422);
  });

  test('query looks through names, numbers and addresses, but does not normalise numbers', async () => {
    const id = await add('/contacts', {
      ...ann,
      phone_numbers: [{ name: 'Mobile', number: '+1 (555) 010-2000' }],
    });
    await add('/contacts', { type: 'Person', first_name: 'Bob', last_name: 'Stone' });
    expect(await ids('/contacts?query=lopez%20ann')).toEqual([id]);
    expect(await ids('/contacts?query=010-2000')).toEqual([id]);
    expect(await ids('/contacts?query=0102000')).toEqual([]);
  });

  test('created_since leaves out what is older', async () => {
    await add('/contacts', ann);
    await clio.control.advanceClock(60_000);
    const late = await add('/contacts', ann);
    const since = new Date(Date.now() + 30_000).toISOString();
    expect(await ids(`/contacts?created_since=${since}`)).toEqual([late]);
    expect((await clio.call('GET', '/contacts?created_since=yesterday')).status).toBe(400);
  });
});

describe('custom fields', () => {
  const reference = { name: 'HERMES reference', parent_type: 'Contact', field_type: 'text_line' };

  test('a value is found by its field, exactly, and carries a composite id', async () => {
    const field = await add('/custom_fields', reference);
    const value = (text: string) => [{ custom_field: { id: field }, value: text }];
    const id = await add('/contacts', { ...ann, custom_field_values: value('op-1') });
    await add('/contacts', { ...ann, custom_field_values: value('op-12') });
    expect(await ids(`/contacts?custom_field_values[${field}]=op-1`)).toEqual([id]);
    expect(await ids(`/contacts?${encodeURIComponent(`custom_field_values[${field}]`)}=op-1`)).toEqual([id]);
    const { record } = await clio.call(
      'GET',
      `/contacts/${id}?fields=custom_field_values{id,value,custom_field}`,
    );
    expect(record['custom_field_values']).toEqual([
      { id: 'text_line-1', value: 'op-1', custom_field: { id: field, etag: expect.any(String) } },
    ]);
  });

  test('search sees a record only after the index has caught up; a plain list sees it at once', async () => {
    await clio.control.configure({ searchLagMs: 5_000 });
    const field = await add('/custom_fields', reference);
    const id = await add('/contacts', {
      ...ann,
      custom_field_values: [{ custom_field: { id: field }, value: 'op-1' }],
    });
    const searches = [`/contacts?custom_field_values[${field}]=op-1`, '/contacts?query=Lopez'];
    for (const search of searches) expect(await ids(search)).toEqual([]);
    expect(await ids('/contacts')).toEqual([id]);
    await clio.control.advanceClock(5_000);
    for (const search of searches) expect(await ids(search)).toEqual([id]);
  });

  test('writing a filled field without its value id leaves two values', async () => {
    const field = await add('/custom_fields', reference);
    const named = (value: string) => ({ custom_field_values: [{ custom_field: { id: field }, value }] });
    const id = await add('/contacts', { ...ann, ...named('a') });
    const path = `/contacts/${id}?fields=custom_field_values{id,value}`;
    expect((await clio.call('PATCH', path, named('b'))).record['custom_field_values']).toHaveLength(2);
    const byId = { custom_field_values: [{ id: 'text_line-1', value: 'c' }] };
    expect((await clio.call('PATCH', path, byId)).record['custom_field_values']).toEqual([
      { id: 'text_line-1', value: 'c' },
      { id: 'text_line-2', value: 'b' },
    ]);
  });

  test('a field of the other parent, a wrong operator and an unknown picklist option are refused', async () => {
    const field = await add('/custom_fields', { ...reference, parent_type: 'Matter' });
    const given = (value: string) => ({
      ...ann,
      custom_field_values: [{ custom_field: { id: field }, value }],
    });
    expect(await refused('/contacts', given('x'))).toBe(422);
    expect((await clio.call('GET', `/matters?custom_field_values[${field}]=<5`)).status).toBe(400);
    const picklist = await add('/custom_fields', {
      ...{ name: 'Source', parent_type: 'Contact', field_type: 'picklist' },
      picklist_options: [{ option: 'Web' }, { option: 'Phone' }],
    });
    const picked = (value: string) => ({
      ...ann,
      custom_field_values: [{ custom_field: { id: picklist }, value }],
    });
    expect(await refused('/contacts', picked('Web'))).toBe(422);
    const { record } = await clio.call('GET', `/custom_fields/${picklist}?fields=picklist_options{id}`);
    const options = record['picklist_options'] as { id: number }[];
    await add('/contacts', picked(String(options[1]!.id)));
  });

  test('they are listed by parent in either case', async () => {
    const field = await add('/custom_fields', reference);
    expect(await ids('/custom_fields?parent_type=contact')).toEqual([field]);
    expect(await ids('/custom_fields?parent_type=Matter')).toEqual([]);
  });
});

describe('matters', () => {
  test('they are numbered in order, named after the client, and the status comes back with a capital', async () => {
    const client = { id: await add('/contacts', ann) };
    await add('/matters', { client, description: 'First' });
    const fields = 'display_number,status,pending_date,open_date,number,custom_number,client{is_client}';
    const matter = {
      client,
      description: 'Second',
      status: 'pending',
      display_number: 'mine',
      custom_number: 'mine',
    };
    const { record } = await clio.call('POST', `/matters?fields=${fields}`, matter);
    expect(record).toEqual({
      display_number: '00002-Lopez',
      number: 2,
      custom_number: null,
      status: 'Pending',
      pending_date: new Date().toISOString().slice(0, 10),
      open_date: null,
      client: { is_client: true },
    });
  });

  test('client and description are needed, the client must exist, the status must be one of three', async () => {
    const client = { id: await add('/contacts', ann) };
    const bad = [
      { description: 'x' },
      { client },
      { client: { id: 1 }, description: 'x' },
      { client, description: 'x', status: 'Pending' },
      { client, description: 'x', practice_area: { id: 1 } },
    ];
    for (const body of bad) expect(await refused('/matters', body)).toBe(422);
    expect(await clio.control.created('matter')).toEqual([]);
  });

  test('they are listed by client and status; client_reference is stored but cannot be searched', async () => {
    const [ann1, ann2] = [await add('/contacts', ann), await add('/contacts', ann)];
    const id = await add('/matters', { client: { id: ann1 }, description: 'x', client_reference: 'op-7' });
    await add('/matters', { client: { id: ann2 }, description: 'y', status: 'closed' });
    expect(await ids(`/matters?client_id=${ann1}`)).toEqual([id]);
    expect(await ids('/matters?status=open,pending')).toEqual([id]);
    expect(await ids('/matters?query=op-7')).toEqual([]);
    expect(await ids('/matters?client_reference=op-7')).toHaveLength(2);
    const { record } = await clio.call('GET', `/matters/${id}?fields=client_reference`);
    expect(record).toEqual({ client_reference: 'op-7' });
  });

  test('an attorney can be replaced but not cleared', async () => {
    const client = { id: await add('/contacts', ann) };
    const attorney = (await ids('/users'))[0]!;
    const id = await add('/matters', { client, description: 'x', responsible_attorney: { id: attorney } });
    const path = `/matters/${id}?fields=responsible_attorney{id}`;
    for (const nothing of [null, {}])
      expect((await clio.call('PATCH', path, { responsible_attorney: nothing })).record).toEqual({
        responsible_attorney: { id: attorney },
      });
    expect((await clio.call('PATCH', path, { responsible_attorney: { id: null } })).status).toBe(422);
  });

  test('the client of an open matter cannot be deleted', async () => {
    const client = await add('/contacts', ann);
    const matter = await add('/matters', { client: { id: client }, description: 'x' });
    expect((await clio.call('DELETE', `/contacts/${client}`)).status).toBe(422);
    await clio.call('PATCH', `/matters/${matter}`, { status: 'closed' });
    expect((await clio.call('DELETE', `/contacts/${client}`)).status).toBe(204);
  });

  test('the firm has its practice areas from the start', async () => {
    const { rows } = await clio.call('GET', '/practice_areas?fields=id,category');
    expect(rows.map((area) => area['category'])).toContain('personal_injury');
    expect(await clio.control.created('practice_area')).toEqual([]);
  });
});

describe('notes', () => {
  test('the type decides the parent, and the parent must be there', async () => {
    const client = await add('/contacts', ann);
    const matter = await add('/matters', { client: { id: client }, description: 'x' });
    const note = { type: 'Matter', matter: { id: matter }, subject: 'Call', detail: 'op-9 transcript' };
    const { record } = await clio.call(
      'POST',
      '/notes?fields=type,matter{id,display_number},contact,author{name}',
      note,
    );
    expect(record).toEqual({
      type: 'Matter',
      matter: { id: matter, display_number: '00001-Lopez' },
      contact: null,
      author: { name: 'Dana Whitfield' },
    });
    expect(await refused('/notes', { ...note, type: 'Contact' })).toBe(422);
    expect(await refused('/notes', { ...note, type: 'Matter', matter: { id: 5 } })).toBe(422);
  });

  test('listing needs the type, in any case, and finds a marker within a matter', async () => {
    const client = await add('/contacts', ann);
    const matter = await add('/matters', { client: { id: client }, description: 'x' });
    const id = await add('/notes', { type: 'Matter', matter: { id: matter }, detail: 'ref op-9' });
    expect((await clio.call('GET', `/notes?matter_id=${matter}`)).status).toBe(400);
    expect(await ids(`/notes?type=matter&matter_id=${matter}&query=op-9`)).toEqual([id]);
    expect(await ids(`/notes?type=Contact`)).toEqual([]);
  });

  test('PATCH changes the text and never the parent', async () => {
    const client = await add('/contacts', ann);
    const id = await add('/notes', { type: 'Contact', contact: { id: client }, detail: 'a' });
    const changed = { detail: 'b', type: 'Matter', matter: { id: 1 } };
    const { record } = await clio.call('PATCH', `/notes/${id}?fields=detail,type,contact{id}`, changed);
    expect(record).toEqual({ detail: 'b', type: 'Contact', contact: { id: client } });
  });
});
