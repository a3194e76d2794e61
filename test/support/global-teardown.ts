/** Lets servers.main.ts stop its servers and remove their files, and waits for it. */
export default async function globalTeardown(): Promise<void> {
  const host = globalThis.hermesTestServers;
  if (!host || host.exitCode !== null) return;
  const ended = new Promise((resolve) => host.once('exit', resolve));
  host.stdin?.end();
  await ended;
}
