/**
 * Every setting, its default and what it is for. The one list of environment variables: `.env.example` and the README
 * follow it, and a test holds them to it.
 */
import type { z } from 'zod';
import type { Setting } from './setting.js';
import { serviceSettings } from './settings/service.js';
import { temporalSettings } from './settings/temporal.js';
import { hearingSettings } from './settings/hearing.js';
import { languageSettings } from './settings/language.js';
import { speakingSettings } from './settings/speaking.js';
import { turnsSettings } from './settings/turns.js';
import { callsSettings } from './settings/calls.js';
import { writesSettings } from './settings/writes.js';
import { vendorsSettings } from './settings/vendors.js';
import { outgoingSettings } from './settings/outgoing.js';
import { paymentsSettings } from './settings/payments.js';
import { embeddedSettings } from './settings/embedded.js';

export const settings = {
  ...serviceSettings,
  ...temporalSettings,
  ...hearingSettings,
  ...languageSettings,
  ...speakingSettings,
  ...turnsSettings,
  ...callsSettings,
  ...writesSettings,
  ...vendorsSettings,
  ...outgoingSettings,
  ...paymentsSettings,
  ...embeddedSettings,
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
/** The environment, parsed. Frozen. */
export type Config = { readonly [K in SettingName]: z.output<(typeof settings)[K]['schema']> };
