/** One recogniser process (`recognizer.py`): 95 MB, decodes one utterance at a time. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Logger } from '../../../telemetry/logger.js';
import { bytesFromSamples } from '../../audio/pcm.js';
import { ProviderError } from '../../ports.js';

export interface ChildOptions {
  /** Interpreter and module directory, from `ensurePocketsphinx`. */
  python: string;
  sitePackages: string;
  logger: Logger;
}

const PROGRAM = fileURLToPath(new URL('./recognizer.py', import.meta.url));
const messageSchema = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ id: z.number(), text: z.string() }),
  z.object({ id: z.number(), partial: z.string() }),
]);
/** A child that ignores SIGTERM for this long is killed. */
const TERM_GRACE_MS = 1_000;
/** Enough for the end of a Python traceback. */
const COMPLAINT_CHARS = 400;

interface Finishing {
  id: number;
  resolve: (text: string) => void;
  reject: (error: Error) => void;
}

export class RecognizerChild {
  /** True once the model was loaded: the machine can run it at all. */
  ready = false;
  /** False from the moment the process is gone or was told to go. */
  alive = true;
  /** Words of the utterance so far, as the decoder writes them. */
  partial = '';
  private readonly process: ChildProcess;
  private readonly stdin: Writable;
  private readonly exited: Promise<unknown>;
  private utteranceId = 0;
  private finishing: Finishing | undefined;
  private complaint = '';

  /** @param onGone called once, when the process has ended for whatever reason. */
  constructor(
    private readonly options: ChildOptions,
    private readonly onGone: () => void,
  ) {
    const child = spawn(options.python, [PROGRAM, options.sitePackages], { stdio: 'pipe' });
    this.process = child;
    this.stdin = child.stdin;
    this.options.logger.debug({ pid: child.pid }, 'A local recogniser process was started.');
    // A broken pipe or a failed kill is told by `exit`, which comes as well.
    child.stdin.on('error', () => undefined);
    child.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.complaint = (this.complaint + text).slice(-COMPLAINT_CHARS);
    });
    createInterface(child.stdout).on('line', (line) => this.answered(line));
    this.exited = Promise.race([once(child, 'exit'), once(child, 'error')]).then(
      () => this.gone(),
      () => this.gone(),
    );
  }

  /** Begins an utterance; one that was not finished is forgotten. */
  begin(): void {
    this.partial = '';
    const id = Buffer.alloc(4);
    id.writeUInt32LE(++this.utteranceId);
    this.send('B', id);
  }

  /** @param samples must not change afterwards: they may wait in the pipe. */
  hear(samples: Int16Array): void {
    this.send('A', bytesFromSamples(samples));
  }

  /** @returns the words as the decoder writes them. @throws ProviderError `unavailable` when the process dies. */
  finish(): Promise<string> {
    return new Promise((resolve, reject) => {
      if (!this.alive) throw dead();
      this.finishing = { id: this.utteranceId, resolve, reject };
      this.send('F', new Uint8Array(0));
    });
  }

  /** Drops the utterance. A `finish` under way never settles; the child can begin the next at once. */
  cancel(): void {
    this.finishing = undefined;
    this.send('C', new Uint8Array(0));
  }

  /** Ends the process and waits until it is gone. */
  async close(): Promise<void> {
    this.alive = false;
    this.stdin.end();
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), TERM_GRACE_MS);
    await this.exited;
    clearTimeout(timer);
  }

  /** Ends a process that hangs. Nothing is sent to it any more. */
  kill(): void {
    this.alive = false;
    this.process.kill('SIGKILL');
  }

  private send(kind: 'B' | 'A' | 'F' | 'C', body: Uint8Array): void {
    if (!this.alive || !this.stdin.writable) return;
    const header = Buffer.alloc(5);
    header.write(kind, 'latin1');
    header.writeUInt32LE(body.length, 1);
    this.stdin.cork();
    this.stdin.write(header);
    if (body.length > 0) this.stdin.write(body);
    this.stdin.uncork();
  }

  private answered(line: string): void {
    const message = parseMessage(line);
    if (!message) return;
    if ('ready' in message) this.ready = true;
    else if ('partial' in message) {
      if (message.id === this.utteranceId) this.partial = message.partial;
    } else if (message.id === this.finishing?.id) {
      // The answer to a finish that was cancelled meanwhile belongs to nobody.
      const { resolve } = this.finishing;
      this.finishing = undefined;
      resolve(message.text);
    }
  }

  private gone(): void {
    const { exitCode, signalCode } = this.process;
    const fields = { pid: this.process.pid, exitCode, signalCode, complaint: this.complaint };
    const level = this.alive ? 'warn' : 'debug';
    this.options.logger[level](fields, 'A local recogniser process has ended.');
    this.alive = false;
    this.finishing?.reject(dead());
    this.finishing = undefined;
    this.onGone();
  }
}

/** @returns undefined for a line that is not ours, such as a warning that a library prints. */
function parseMessage(line: string): z.infer<typeof messageSchema> | undefined {
  try {
    return messageSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

const dead = () => new ProviderError('stt', 'unavailable', 'The recogniser process died.');
