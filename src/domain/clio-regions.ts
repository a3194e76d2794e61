/** Clio runs one system per region. A firm's account lives in one, and each region wants a developer app of its own. */

export const clioRegions = ['us', 'eu', 'ca', 'au'] as const;
export type ClioRegion = (typeof clioRegions)[number];

/** Hosts of Clio Manage, API and consent page alike. */
export const clioHosts: Readonly<Record<ClioRegion, string>> = {
  us: 'https://app.clio.com',
  eu: 'https://eu.app.clio.com',
  ca: 'https://ca.app.clio.com',
  au: 'https://au.app.clio.com',
};

/** Our app's credentials in one region. */
export interface ClioApp {
  clientId: string;
  clientSecret: string;
}

export interface ClioPlace {
  region: ClioRegion;
  /** Origin of its host. */
  baseUrl: string;
  /** Undefined: no firm of this region can connect. */
  app: ClioApp | undefined;
}

/** Every region with its host and our app there. @param hosts instead of Clio's own. */
export const clioPlaces = (
  apps: Readonly<Partial<Record<ClioRegion, ClioApp>>>,
  hosts: Readonly<Partial<Record<ClioRegion, string>>> = {},
): readonly ClioPlace[] =>
  clioRegions.map((region) => ({
    region,
    baseUrl: new URL(hosts[region] ?? clioHosts[region]).origin,
    app: apps[region],
  }));

/** The app whose tokens are good at `baseUrl`. A host that is none of the regions' is taken for the first one's. */
export const appAt = (places: readonly ClioPlace[], baseUrl: string): ClioApp | undefined =>
  (places.find((place) => place.baseUrl === new URL(baseUrl).origin) ?? places[0])?.app;
