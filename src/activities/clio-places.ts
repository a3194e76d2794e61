import { clioPlaces, type ClioApp, type ClioPlace, type ClioRegion } from '../domain/clio-regions.js';

/** The settings that say which apps we have at Clio, as the environment gives them. */
export interface ClioAppSettings {
  readonly CLIO_CLIENT_ID: string | undefined;
  readonly CLIO_CLIENT_SECRET: string | undefined;
  readonly CLIO_REGIONAL_APPS: Readonly<Partial<Record<string, ClioApp>>> | undefined;
  readonly CLIO_HOSTS: Readonly<Partial<Record<string, string>>> | undefined;
}

/** Where Clio reports changes, when it can: it posts to https only. */
export const webhookReceiverOf = (publicUrl: string | undefined): string | undefined =>
  publicUrl?.startsWith('https:') ? `${publicUrl.replace(/\/+$/, '')}/webhooks/clio/` : undefined;

/** Every region with its host and our app there. */
export function clioPlacesOf(settings: ClioAppSettings): readonly ClioPlace[] {
  const { CLIO_CLIENT_ID: clientId, CLIO_CLIENT_SECRET: clientSecret } = settings;
  const first = clientId && clientSecret ? { us: { clientId, clientSecret } } : {};
  // The schema of both settings knows the names of the regions.
  const others = (settings.CLIO_REGIONAL_APPS ?? {}) as Partial<Record<ClioRegion, ClioApp>>;
  return clioPlaces({ ...first, ...others }, settings.CLIO_HOSTS ?? {});
}
