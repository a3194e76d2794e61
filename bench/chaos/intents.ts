/** The writes that a run wants, each with what it will meet: the same for the same seed. */
import { callIdFrom, operationKey, writeWorkflowId, type CallId } from '../../src/domain/ids.js';
import { type Operation, WriteRequest } from '../../src/domain/writes.js';
import { demoFirm } from '../../src/cli/up/parts/demo-firm.js';
import { createDice, type Dice } from '../fuzz/dice.js';
import { fateNames, fates, type Fate, type FateName, type Vendor } from './fates.js';
import { nameFrom, payloadOf, showsOf, type Step } from './subjects.js';

export interface Intent {
  callId: CallId;
  step: Step;
  key: string;
  operation: Operation;
  system: Vendor;
  workflowId: string;
  fate: FateName | null;
  /** Words that its record must show. */
  shows: readonly string[];
}

/** A write started on its own; the request is made when the contacts are known that others hang on. */
export interface DirectIntent extends Intent {
  request: (parents: readonly number[]) => WriteRequest;
}

export interface Plan {
  /** Contacts without a fate, made first, and then a matter: what follows hangs on them. */
  parents: DirectIntent[];
  direct: DirectIntent[];
  /** Whole calls, through the intake: a contact, a matter, a note and an entry in the telephone log each. */
  calls: { callId: CallId; name: string; intents: Intent[] }[];
}

const operations = {
  contact: 'clio.contact.create',
  matter: 'clio.matter.create',
  note: 'clio.note.create',
  communication: 'clio.communication.create',
  appointment: 'clio.appointment.create',
  task: 'clio.task.create',
  payment: 'lawpay.paymentRequest.create',
} as const satisfies Record<Step, Operation>;

/** Writes that hang together in an intake; a fifth of all come that way. */
const CALL_STEPS = ['contact', 'matter', 'note', 'communication'] as const;
const CALL_SHARE = 0.2;
/** Of a hundred writes started on their own. */
const MIX: readonly [Step, number][] = [
  ['contact', 30],
  ['matter', 20],
  ['note', 20],
  ['communication', 6],
  ['appointment', 6],
  ['task', 3],
  ['payment', 15],
];
const FAULTY_SHARE = 0.35;
/** Contacts among the parents; a matter is the last. */
const CONTACTS = 5;
const priorities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'] as const;

export function planIntents(seed: number, writes: number): Plan {
  const dice = createDice(seed);
  const parents = Array.from({ length: CONTACTS + 1 }, (_, i) =>
    directIntent(dice, i < CONTACTS ? 'contact' : 'matter', i),
  );
  const callCount = Math.floor((writes * CALL_SHARE) / CALL_STEPS.length);
  const calls = Array.from({ length: callCount }, () => callOf(dice));
  const rest = writes - parents.length - callCount * CALL_STEPS.length;
  const direct = Array.from({ length: rest }, (_, i) => directIntent(dice, stepAt(i), i + parents.length));
  giveFates(dice, [...direct, ...calls.flatMap(({ intents }) => intents)]);
  return { parents, direct: shuffled(dice, direct), calls };
}

export const allIntents = ({ parents, direct, calls }: Plan): Intent[] => [
  ...parents,
  ...direct,
  ...calls.flatMap(({ intents }) => intents),
];

/** Steps in their shares, also in a short run. */
function stepAt(index: number): Step {
  let at = (index * 37) % 100;
  for (const [step, share] of MIX) {
    if (at < share) return step;
    at -= share;
  }
  return 'contact';
}

/** Writes of a fate that lasts: while nothing else is left, each keeps the breaker's canaries for itself for seconds. */
const MOST_OF_A_LASTING_FATE = 10;

/** Every kind meets somebody; then all in turn, until a good third has met one. */
function giveFates(dice: Dice, intents: Intent[]): void {
  const open = shuffled(
    dice,
    intents.filter(({ system }) => system === 'clio'),
  );
  const count = Math.max(fateNames.length, Math.floor(open.length * FAULTY_SHARE));
  for (const [i, intent] of open.slice(0, count).entries()) {
    const round = Math.floor(i / fateNames.length);
    const names = round < MOST_OF_A_LASTING_FATE ? fateNames : passingFates;
    intent.fate = names[i % names.length] ?? null;
  }
}

const passingFates = fateNames.filter(
  (name) => !(fates[name] as Fate).faults.some(({ times }) => times === null),
);

function intentOf(callId: CallId, step: Step, shows: readonly string[]): Intent {
  const operation = operations[step];
  const system = operations[step].startsWith('clio.') ? 'clio' : 'lawpay';
  const key = operationKey(callId, step);
  const workflowId = writeWorkflowId(demoFirm.tenantId, system, key);
  return { callId, step, key, operation, system, workflowId, fate: null, shows };
}

function callOf(dice: Dice): Plan['calls'][number] {
  const callId = callIdFrom(dice.bytes(20));
  const name = `${nameFrom(dice)} ${nameFrom(dice)}`;
  const intents = CALL_STEPS.map((step) => intentOf(callId, step, step === 'contact' ? name.split(' ') : []));
  return { callId, name, intents };
}

function directIntent(dice: Dice, step: Step, index: number): DirectIntent {
  const callId = callIdFrom(dice.bytes(20));
  const subject = { first: nameFrom(dice), last: nameFrom(dice), index };
  const parentIndex = dice.upTo(CONTACTS);
  const priority = dice.pick(priorities);
  const intent = intentOf(callId, step, showsOf(step, subject));
  const { operation, key } = intent;
  return {
    ...intent,
    request: (parents) =>
      WriteRequest.parse({
        ...{ operation, tenantId: demoFirm.tenantId, callId, key, priority },
        payload: payloadOf(step, subject, {
          key,
          contact: parents[parentIndex] ?? 0,
          matter: parents[CONTACTS] ?? 0,
        }),
      }),
  };
}

function shuffled<T>(dice: Dice, items: readonly T[]): T[] {
  const left = [...items];
  return Array.from(items, () => left.splice(dice.upTo(left.length), 1)).flat();
}
