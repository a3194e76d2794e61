/** Where a server keeps its realtime sockets. */

/** The socket's address on the server that `baseUrl` (with the version) names. @throws TypeError when it is no URL. */
export function realtimeUrl(baseUrl: string, query: Record<string, string>): string {
  const url = new URL(`${baseUrl.replace(/\/$/, '')}/realtime`);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
