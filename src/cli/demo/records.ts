import { z } from 'zod';
import type { IntakeView } from '../operator/api.js';
import type { Screen } from './screen.js';
import type { Stage } from './stage.js';

/** The records of one call as the outside systems hold them; a record that was not due is absent. */
export interface RecordsView {
  contact?: { id: string; name: string; phone: string };
  matter?: { id: string; number: string; description: string; status: string };
  note?: { id: string; subject: string; lines: number };
  payment?: { url: string };
}

const Contact = z.object({
  name: z.string(),
  phone_numbers: z.array(z.object({ number: z.string() }).loose()),
});
const Matter = z.object({ display_number: z.string(), description: z.string(), status: z.string() });
const Note = z.object({ subject: z.string(), detail: z.string() });

/** Reads the call's records from the Clio stand-in's ledger, by the ids the intake has receipts for, and shows them. */
export async function showRecords(stage: Stage, screen: Screen, intake: IntakeView): Promise<RecordsView> {
  const records = await readRecords(stage, intake);
  const { contact, matter, note, payment } = records;
  const rows: string[][] = [];
  if (contact) rows.push(['Clio contact', contact.id, `${contact.name}, ${contact.phone}`]);
  if (matter) {
    rows.push(['Clio matter', matter.id, `${matter.number} (${matter.status})`]);
    rows.push(['', '', matter.description]);
  }
  if (note) rows.push(['Clio note', note.id, `${note.subject}, ${note.lines} lines with the transcript`]);
  screen.table(rows);
  if (payment) screen.line(`LawPay link   ${payment.url}`);
  else screen.aside('No payment link: this consultation is free, or a person must clear it first.');
  return records;
}

async function readRecords({ clio }: Stage, intake: IntakeView): Promise<RecordsView> {
  const { records } = await clio.ledger();
  const landed = (operation: string): { id: string; data: unknown } | undefined => {
    const id = intake.writes.find((w) => w.operation === operation && w.state === 'done')?.external_id;
    const record = records.filter((r) => r.id === id && operation.includes(`.${r.kind}.`)).at(-1);
    return id && record ? { id, data: record.data } : undefined;
  };
  const contact = landed('clio.contact.create');
  const matter = landed('clio.matter.create');
  const note = landed('clio.note.create');
  const url = intake.writes.find((w) => w.operation === 'lawpay.paymentRequest.create')?.url;
  return {
    ...(contact && { contact: contactView(contact.id, Contact.parse(contact.data)) }),
    ...(matter && { matter: matterView(matter.id, Matter.parse(matter.data)) }),
    ...(note && { note: noteView(note.id, Note.parse(note.data)) }),
    ...(url ? { payment: { url } } : {}),
  };
}

const contactView = (id: string, { name, phone_numbers }: z.infer<typeof Contact>) => ({
  id,
  name,
  phone: phone_numbers.map((p) => p.number).join(', '),
});
const matterView = (id: string, { display_number, description, status }: z.infer<typeof Matter>) => ({
  id,
  number: display_number,
  description,
  status,
});
const noteView = (id: string, { subject, detail }: z.infer<typeof Note>) => ({
  id,
  subject: subject.replace(/ \[.*\]$/, ''), // without the marker it is looked up by
  lines: detail.split('\n').length,
});
