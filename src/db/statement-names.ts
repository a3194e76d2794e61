/** Names under which statements are prepared. The driver prepares each once per connection and sends only the name then. */

/** A connection holds what it has prepared. Ours are some two hundred; lists that people filter make up the rest. */
const MOST = 500;

const names = new Map<string, string>();

/** The same name for the same text; undefined once there are too many, so that the statement is read anew each time. */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST) return known;
  const name = `hermes_${names.size + 1}`;
  names.set(text, name);
  return name;
}
