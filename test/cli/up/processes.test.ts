import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startChild, type ChildSpec } from '../../../src/cli/up/processes/child.js';
import { createCrew } from '../../../src/cli/up/processes/crew.js';
import { LogFile } from '../../../src/cli/up/processes/log-file.js';
import { startReaper, type Reaper } from '../../../src/cli/up/processes/reaper.js';
import { Service, type ServiceDefinition } from '../../../src/cli/up/processes/service.js';
import { StackError } from '../../../src/cli/up/stack-error.js';
import { eventually } from '../../support/eventually.js';
import { isAlive, scene, shell } from './scene.js';

let place: ReturnType<typeof scene>;
let reaper: Reaper;
beforeEach(() => {
  place = scene();
  reaper = startReaper();
});
afterEach(async () => {
  await reaper.close();
  place.clear();
});
const log = (): LogFile => new LogFile(join(place.directory, 'child.log'));

describe('a child', () => {
  test('that stops when asked is not killed', async () => {
    const child = startChild(
      shell('polite', 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done'),
      reaper,
      log(),
    );
    await new Promise<void>((resolve) => child.onLine(() => resolve()));
    expect(await child.stop(5_000)).toEqual({ code: 7, signal: null });
    expect(child.isRunning).toBe(false);
  });

  test('that does not stop is killed with its whole group when its time is over', async () => {
    const script = 'trap "" TERM; sleep 600 & echo $!; while :; do sleep 0.05; done';
    const child = startChild(shell('stubborn', script), reaper, log());
    const grandchild = Number(await new Promise<string>((resolve) => child.onLine(resolve)));
    expect(await child.stop(200)).toEqual({ code: null, signal: 'SIGKILL' });
    await eventually(() => !isAlive(grandchild), { withinMs: 5_000, what: 'the grandchild is gone' });
  });

  test('that is to give way does, and the others do not', async () => {
    const wait = 'echo up; exec sleep 600';
    const modest = startChild({ ...shell('modest', wait), niceness: 3 }, reaper, log());
    const proud = startChild(shell('proud', wait), reaper, log());
    expect(getPriority(modest.pid)).toBe(Math.min(19, getPriority() + 3));
    expect(getPriority(proud.pid)).toBe(getPriority());
    await Promise.all([modest.stop(5_000), proud.stop(5_000)]);
  });

  test('whose program is not there ends with 127 and says so in its log', async () => {
    const output = log();
    const child = startChild({ ...shell('missing', ''), command: '/nowhere/program' }, reaper, output);
    expect(await child.exited).toEqual({ code: 127, signal: null });
    expect(output.tail(1)[0]).toContain('/nowhere/program');
  });
});

describe('the log of a child', () => {
  test('is rotated at the start and never grows without end', () => {
    const path = join(place.directory, 'a.log');
    new LogFile(path).write('from the first run\n');
    const second = new LogFile(path);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('from the first run\n');
    const chunk = `${'x'.repeat(1 << 20)}\n`;
    for (let i = 0; i < 25; i += 1) second.write(chunk);
    expect(statSync(path).size + statSync(`${path}.1`).size).toBeLessThan(24 << 20);
    second.close();
    second.write('after the end');
  });
});

describe('the reaper', () => {
  test('ends the children and removes the directories of a process that was killed with -9', async () => {
    const doomed = join(place.directory, 'doomed');
    mkdirSync(doomed);
    const parent = spawn(process.execPath, [
      '--import',
      'tsx',
      join(import.meta.dirname, 'doomed.main.ts'),
      doomed,
    ]);
    const pids: number[] = [];
    for await (const line of createInterface({ input: parent.stdout })) {
      pids.push(Number(line));
      if (pids.length === 2) break;
    }
    expect(pids.every(isAlive)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => !pids.some(isAlive) && !existsSync(doomed), {
      withinMs: 10_000,
      what: 'nothing is left of it',
    });
  });
});

describe('a service', () => {
  const notes: string[] = [];
  const services: Service[] = [];
  beforeEach(() => void notes.splice(0));
  afterEach(() => Promise.all(services.splice(0).map((service) => service.dispose(0))));

  const service = (spec: ChildSpec, overrides: Partial<ServiceDefinition> = {}): Service => {
    const definition: ServiceDefinition = {
      spec,
      ready: (child) => new Promise((resolve) => child.onLine((line) => line === 'ready' && resolve())),
      readyWithinMs: 10_000,
      graceMs: 1_000,
      ...overrides,
    };
    const logPath = join(place.directory, 'logs', `${spec.name}.log`);
    const made = new Service(definition, { reaper, logPath, note: (line) => notes.push(line) });
    services.push(made);
    return made;
  };
  const steady = 'echo ready; exec sleep 600';

  test('that dies is started again after a second, with a line that says so', async () => {
    const worker = service(shell('worker', steady));
    await worker.start();
    const first = worker.pid!;
    worker.kill();
    await eventually(() => notes.at(-1) === 'worker runs again', { withinMs: 10_000, what: 'it is back' });
    expect(worker.pid).not.toBe(first);
    expect(notes[0]).toBe('worker ended (killed by SIGKILL); starting it again in 1 s');
  });

  test('that keeps dying waits longer each time', async () => {
    const marker = join(place.directory, 'was-up');
    const script = `[ -e ${marker} ] && exit 3; touch ${marker}; ${steady}`;
    const worker = service(shell('worker', script));
    await worker.start();
    worker.kill();
    await eventually(() => notes.length === 2, { withinMs: 15_000, what: 'the second crash' });
    expect(notes.map((note) => / in (\d+) s/.exec(note)?.[1])).toEqual(['1', '2']);
  });

  test('that is stopped stays down until it is started again', async () => {
    const worker = service(shell('worker', steady));
    await worker.start();
    await worker.stop();
    expect(worker.pid).toBeUndefined();
    await worker.start();
    expect(worker.pid).toBeDefined();
    expect(notes).toEqual([]);
  });

  test('that does not come up shows the end of its log and where the rest is', async () => {
    const broken = service(
      shell('worker', 'for i in $(seq 30); do echo line $i; done; echo no luck >&2; exit 4'),
    );
    const failure = await broken.start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StackError);
    const { message, next } = failure as StackError;
    expect(message).toContain('worker did not start: ended at once (exit code 4)');
    expect(message).toContain('  | no luck');
    expect(message.match(/\n/g)).toHaveLength(15);
    expect(next).toContain('worker.log');
  });

  test('that runs but is not ready in time is stopped', async () => {
    const mute = service(shell('worker', 'exec sleep 600'), { readyWithinMs: 100 });
    await expect(mute.start()).rejects.toThrow('not ready within 0.1 s');
    expect(mute.pid).toBeUndefined();
  });

  test('that fails because the disk is full says that', async () => {
    const full = service(shell('postgres', 'echo "could not write: No space left on device" >&2; exit 1'));
    await expect(full.start()).rejects.toThrow('postgres could not start: the disk is full.');
  });
});

describe('a crew', () => {
  test('is disbanded last come first gone, and takes nobody on afterwards', async () => {
    const order = join(place.directory, 'order');
    const member = (name: string): ServiceDefinition => ({
      spec: shell(
        name,
        `trap "echo ${name} >> ${order}; exit 0" TERM; echo up; while :; do sleep 0.02; done`,
      ),
      ready: (child) => new Promise((resolve) => child.onLine(() => resolve())),
      readyWithinMs: 10_000,
      graceMs: 2_000,
    });
    const crew = createCrew(join(place.directory, 'logs'), [['base'], ['middle'], ['top']], () => undefined);
    for (const name of ['top', 'base', 'middle']) await crew.engage(member(name));
    await crew.disband();
    expect(readFileSync(order, 'utf8')).toBe('top\nmiddle\nbase\n');
    await expect(crew.engage(member('late'))).rejects.toThrow('stopping');
  });
});
