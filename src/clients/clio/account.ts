import { z } from 'zod';
import type { ClioClient } from './client.js';

const Me = z.object({
  id: z.number(),
  time_zone: z.string().nullish(),
  default_calendar_id: z.number().nullish(),
  account: z.object({ id: z.number(), name: z.string() }),
});

/** Whose connection it is. Everything HERMES makes in Clio is made as this user. */
export interface ClioAccount {
  account: { id: number; name: string };
  userId: number;
  /** The user's own calendar. A calendar's id, which no user's id is. */
  calendarId: number | undefined;
}

/** Works under any set of permissions, so it proves a connection. @throws OutsideError */
export async function whoAmI(clio: ClioClient): Promise<ClioAccount> {
  const fields = 'id,time_zone,default_calendar_id,account{id,name}';
  const me = await clio.read('users', 'who_am_i', fields, Me);
  return { account: me.account, userId: me.id, calendarId: me.default_calendar_id ?? undefined };
}
