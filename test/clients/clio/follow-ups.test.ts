/** The call's entry in the log, appointments and tasks, made and found again at the Clio stand-in. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createAppointment, defaultCalendar } from '../../../src/clients/clio/calendar.js';
import { createClioClient, type ClioClient } from '../../../src/clients/clio/client.js';
import { findDocument, uploadDocument } from '../../../src/clients/clio/documents.js';
import { createPhoneCommunication } from '../../../src/clients/clio/communications.js';
import { externalOf, findByExternal } from '../../../src/clients/clio/external-reference.js';
import { createContact, createMatter, practiceAreaId } from '../../../src/clients/clio/records.js';
import { ensureReferenceField, findByReference } from '../../../src/clients/clio/reference-field.js';
import { createTask, findTask } from '../../../src/clients/clio/tasks.js';
import { startClio, type ClioHarness } from '../../standins/clio/harness.js';
import { noPacer } from '../../support/pacer.js';

const KEY = 'call_0123456789abcdefghij.communication';
const USER = 100_001;
const CALENDAR = 700_001;
let harness: ClioHarness;
let clio: ClioClient;
let contactId: number;
let matterId: number;
beforeAll(async () => {
  harness = await startClio();
});
beforeEach(async () => {
  await harness.reset();
  await harness.control.configure({ rateLimitPerMinute: 10_000 });
  const token = await harness.token();
  const give = () => Promise.resolve(token);
  clio = createClioClient({
    baseUrl: harness.url,
    tokens: { current: give, renew: give },
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    pacer: noPacer,
  });
  contactId = (
    await harness.call('POST', '/contacts', { type: 'Person', first_name: 'Dana', last_name: 'W' })
  ).id;
  matterId = (await harness.call('POST', '/matters', { client: { id: contactId }, description: 'x' })).id;
});
afterAll(() => harness.close());

const callOf = () => ({
  ...{ contactId, matterId, subject: 'Telephone call', body: 'Incoming, 3 min' },
  receivedAt: '2026-11-18T20:05:00.000Z',
});
const appointmentOf = () => ({
  ...{ contactId, matterId, summary: 'Proposed consultation', description: 'wished', allDay: false },
  ...{ startAt: '2026-11-20T16:00:00.000Z', endAt: '2026-11-20T16:30:00.000Z' },
});
const taskOf = () => ({ matterId, name: 'Call back', description: 'soon', priority: 'High' as const });

describe('a telephone call', () => {
  test('is logged on contact and matter, and found again by our reference alone', async () => {
    const { id, referenced } = await createPhoneCommunication(clio, callOf(), USER, KEY);
    expect(referenced).toBe(true);
    await createPhoneCommunication(clio, callOf(), USER, `${KEY}2`);
    expect(await findByExternal(clio, 'communications', KEY)).toBe(id);
    expect(await externalOf(clio, 'communications', id, KEY)).toBe(true);
    expect(await externalOf(clio, 'communications', id, 'another')).toBe(false);
    const [stored] = await harness.control.created('communication');
    expect(stored).toMatchObject({
      ...{ type: 'PhoneCommunication', matterId },
      senders: [{ id: contactId, type: 'Contact' }],
      receivers: [{ id: USER, type: 'User' }],
    });
  });

  test('that two entries carry is a conflict, for a person to judge', async () => {
    await createPhoneCommunication(clio, callOf(), USER, KEY);
    await createPhoneCommunication(clio, callOf(), USER, KEY);
    await expect(findByExternal(clio, 'communications', KEY)).rejects.toMatchObject({
      errorClass: 'conflict',
    });
  });

  test('of which Clio keeps less than was sent is not taken for done', async () => {
    await harness.control.configure({ dropOnCreate: ['matter'] });
    await expect(createPhoneCommunication(clio, callOf(), USER, KEY)).rejects.toMatchObject({
      errorClass: 'conflict',
      message: expect.stringContaining('dropped matter'),
    });
    // A retry finds what is there, completed by hand or not.
    expect(await findByExternal(clio, 'communications', KEY)).toBeDefined();
  });

  test('whose reference Clio drops says so', async () => {
    await harness.control.configure({ dropOnCreate: ['external_properties'] });
    expect((await createPhoneCommunication(clio, callOf(), USER, KEY)).referenced).toBe(false);
  });

  test('is not believed to be missing when Clio ignores the filter', async () => {
    await createPhoneCommunication(clio, callOf(), USER, `${KEY}2`);
    await harness.control.configure({ ignoreFilters: ['external_property_name'] });
    await expect(findByExternal(clio, 'communications', KEY)).rejects.toMatchObject({
      errorClass: 'conflict',
    });
  });
});

describe('an appointment', () => {
  test('goes into a calendar, and its id is text', async () => {
    const { id, referenced } = await createAppointment(clio, appointmentOf(), CALENDAR, KEY);
    expect([id, referenced]).toEqual([expect.stringMatching(/^\d+$/), true]);
    expect(await findByExternal(clio, 'calendar_entries', KEY)).toBe(id);
    const [stored] = await harness.control.created('calendar_entry');
    expect(stored).toMatchObject({
      calendarId: CALENDAR,
      matterId,
      attendees: [{ id: contactId, type: 'Contact' }],
    });
  });

  test.each([
    ['a user', USER],
    ['a calendar that may only be looked at', 700_003],
  ])('whose owner is %s is refused, and nothing is made', async (_what, owner) => {
    await expect(createAppointment(clio, appointmentOf(), owner, KEY)).rejects.toMatchObject({
      errorClass: 'invalid',
    });
    expect(await harness.control.created('calendar_entry')).toEqual([]);
  });

  test('of a firm that named no calendar goes into the firm’s own', async () => {
    expect(await defaultCalendar(clio, undefined)).toBe(700_002);
    expect(await defaultCalendar(clio, 55)).toBe(55);
  });
});

describe('a task', () => {
  test('is somebody’s, and found by the reference at the end of its description', async () => {
    const { id, referenced } = await createTask(clio, { ...taskOf(), dueAt: '2026-11-19' }, USER, KEY);
    await createTask(clio, taskOf(), USER, `${KEY}2`);
    expect([referenced, await findTask(clio, taskOf(), KEY)]).toEqual([true, id]);
  });

  test('of nobody we know is refused', async () => {
    await expect(createTask(clio, taskOf(), 1, KEY)).rejects.toMatchObject({ errorClass: 'invalid' });
  });
});

describe('a document', () => {
  const storage = () => ({ timeoutMs: 5_000, signal: new AbortController().signal, allowsHttp: true });
  const documentOf = () => ({
    parent: { type: 'matter' as const, id: matterId },
    name: 'Intake.txt',
    text: 'héllo',
  });
  const upload = () => uploadDocument(clio, storage(), documentOf(), KEY);
  const visible = async () => (await harness.call('GET', '/documents')).rows;

  test('is there for everybody once its bytes are marked, and found as whole', async () => {
    const { id, referenced } = await upload();
    expect([referenced, await findDocument(clio, KEY)]).toEqual([true, { id, isWhole: true }]);
    expect(await visible()).toHaveLength(1);
    const { records } = await harness.control.ledger('document');
    // In bytes of UTF-8.
    expect(records.at(-1)?.data).toMatchObject({ size: 6, fully_uploaded: true });
  });

  test.each([
    ['the store takes no bytes', { method: 'PUT', path: '/__storage/' }],
    ['Clio is not told', { method: 'PATCH', path: '/api/v4/documents' }],
  ])('is unfinished, and nobody sees it, when %s', async (_what, match) => {
    await harness.control.fault({ match, effect: { kind: 'down' } });
    await expect(upload()).rejects.toMatchObject({
      errorClass: expect.stringMatching(/^(unavailable|outcome_unknown)$/),
    });
    expect(await findDocument(clio, KEY)).toMatchObject({ isWhole: false });
    expect(await visible()).toEqual([]);
  });

  test('whose last answer was lost is found as whole', async () => {
    await harness.control.fault({
      match: { method: 'PATCH', path: '/api/v4/documents' },
      effect: { kind: 'commit_then_cut' },
    });
    await expect(upload()).rejects.toMatchObject({ errorClass: 'outcome_unknown' });
    expect(await findDocument(clio, KEY)).toMatchObject({ isWhole: true });
  });

  test('is marked again when Clio’s storage asks for a little time', async () => {
    await harness.control.fault({
      match: { method: 'PATCH', path: '/api/v4/documents' },
      effect: {
        kind: 'status',
        status: 422,
        body: { error: { type: 'UploadTimeoutError', message: 'slow' } },
      },
    });
    await upload();
    expect(await findDocument(clio, KEY)).toMatchObject({ isWhole: true });
  });

  test('goes to no storage without TLS, unless Clio itself is reached so', async () => {
    const strict = { ...storage(), allowsHttp: false };
    await expect(uploadDocument(clio, strict, documentOf(), KEY)).rejects.toMatchObject({
      errorClass: 'invalid',
    });
  });
});

describe('a contact and a matter', () => {
  const reference = async (parent: 'Contact' | 'Matter') => ensureReferenceField(clio, parent);
  const person = {
    firstName: 'Dana',
    lastName: 'Whitcomb',
    phoneE164: '+15125550142',
    email: 'dana@example.com',
  };

  test('are taken for made when Clio shows everything that was sent', async () => {
    const contact = await createContact(clio, person, await reference('Contact'), KEY);
    expect(contact.referenced).toBe(true);
    const matter = { contactId: contact.id, description: 'x' };
    const areaId = await practiceAreaId(clio, 'family');
    expect(areaId).toBeDefined();
    expect(await createMatter(clio, matter, areaId, await reference('Matter'), KEY)).toMatchObject({
      referenced: true,
    });
  });

  test.each(['phone_numbers', 'email_addresses'])('are not when Clio drops %s', async (key) => {
    const fieldId = await reference('Contact');
    await harness.control.configure({ dropOnCreate: [key] });
    await expect(createContact(clio, person, fieldId, KEY)).rejects.toMatchObject({
      errorClass: 'conflict',
      message: expect.stringContaining(key),
    });
    expect(await findByReference(clio, 'contacts', fieldId, KEY)).toBeDefined();
  });
});
