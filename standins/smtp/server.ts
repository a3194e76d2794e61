import { createServer, type AddressInfo, type Socket } from 'node:net';
import { z } from 'zod';
import type { StandinDefinition } from '../kit/standin.js';
import { Conversation, type MailDesk } from './conversation.js';

/**
 * A mail server over a real socket. Its port is told at `GET /smtp`; faults match the method `SMTP` and the command as a
 * path (`/RCPT`, `/DATA`, and `/END` after the message): a status is an SMTP reply code. Ledger kind `mail`.
 */
export const smtpStandin: StandinDefinition = {
  name: 'smtp',
  settings: z.object({}),
  register: async (app, kit) => {
    const sockets = new Set<Socket>();
    let taken = 0;
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      const desk: MailDesk = {
        fault: (command) => kit.faults.take('SMTP', `/${command}`)?.effect,
        take: (mail) => {
          taken += 1;
          kit.ledger.record('mail', taken, 'created', { ...mail });
        },
      };
      new Conversation(socket, desk).begin();
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    app.addHook('onClose', () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    app.get('/smtp', () => ({ port: (server.address() as AddressInfo).port }));
  },
};
