import type { Socket } from 'node:net';
import type { FaultEffect } from '../kit/faults.js';

/** A message as it was handed over. */
export interface TakenMail {
  from: string;
  to: string[];
  /** Headers and text, with the dots of SMTP taken out. */
  data: string;
}

export interface MailDesk {
  /** What goes wrong with this command, if anything. */
  fault(command: string): FaultEffect | undefined;
  take(mail: TakenMail): void;
}

/** One client's conversation, RFC 5321: as much of it as a submitting client uses. */
export class Conversation {
  private mail: TakenMail = { from: '', to: [], data: '' };
  /** Lines of the message while it comes. */
  private lines: string[] | undefined;
  private rest = '';

  constructor(
    private readonly socket: Socket,
    private readonly desk: MailDesk,
  ) {}

  begin(): void {
    const { socket } = this;
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (text: string) => this.hear(text));
    this.say('220 standin ready');
  }

  private say(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  private hear(text: string): void {
    const whole = (this.rest + text).split('\r\n');
    this.rest = whole.pop() ?? '';
    for (const line of whole) {
      if (!this.lines) this.obey(line);
      else if (line === '.') this.finish(this.lines);
      else this.lines.push(line.replace(/^\./, ''));
    }
  }

  /** @returns whether something went wrong in the place of an answer. */
  private fails(effect: FaultEffect | undefined): boolean {
    if (!effect || effect.kind === 'commit_then_cut') return false;
    if (effect.kind === 'status') this.say(`${effect.status} refused`);
    else if (effect.kind !== 'stall') this.socket.destroy();
    return true;
  }

  private obey(line: string): void {
    const verb = line.split(/[\s:]/, 1)[0]?.toUpperCase() ?? '';
    if (this.fails(this.desk.fault(verb))) return;
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (verb === 'MAIL') this.mail.from = address;
    if (verb === 'RCPT') this.mail.to.push(address);
    if (verb === 'DATA') this.lines = [];
    this.say(replies[verb] ?? '502 unknown');
    if (verb === 'QUIT') this.socket.end();
  }

  private finish(lines: readonly string[]): void {
    this.lines = undefined;
    const effect = this.desk.fault('END');
    if (this.fails(effect)) return;
    this.desk.take({ ...this.mail, data: lines.join('\r\n') });
    this.mail = { from: '', to: [], data: '' };
    if (effect) this.socket.destroy();
    else this.say('250 2.0.0 taken');
  }
}

const replies: Readonly<Record<string, string>> = {
  EHLO: '250-standin\r\n250 8BITMIME',
  HELO: '250 ok',
  MAIL: '250 ok',
  RCPT: '250 ok',
  RSET: '250 ok',
  NOOP: '250 ok',
  DATA: '354 go on',
  QUIT: '221 bye',
};
