/** The telephone network's instructions for one call (TwiML), as text. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** What XML 1.0 cannot hold at all, escaped or not. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const escape = (text: string): string =>
  text.replace(UNPRINTABLE, '').replace(/[&<>"']/g, (mark) => entities[mark] ?? '');

type Attributes = Readonly<Record<string, string>>;

const open = (name: string, attributes: Attributes): string =>
  `<${[name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escape(value)}"`)].join(' ')}`;
const element = (name: string, attributes: Attributes, ...inner: string[]): string =>
  inner.length === 0
    ? `${open(name, attributes)}/>`
    : `${open(name, attributes)}>${inner.join('')}</${name}>`;
const response = (...inner: string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${element('Response', {}, ...inner)}`;

const toPerson = (telephone: string | undefined): string[] =>
  telephone === undefined
    ? [element('Say', {}, 'We are sorry, the line was lost. Please call again.'), element('Hangup', {})]
    : [element('Dial', {}, escape(telephone))];

export interface Connection {
  /** `wss://` address of the media stream, without a query: Twilio drops those. */
  streamUrl: string;
  token: string;
  /** Asked for the next instructions when the stream has closed. */
  afterUrl: string;
  /** Where a person answers, E.164. */
  telephone: string | undefined;
}

/**
 * Connects the caller to the agent. The person's number stands behind it as well, for a provider that goes on by itself
 * instead of asking `afterUrl`: better the office than silence.
 */
export const connectTwiml = ({ streamUrl, token, afterUrl, telephone }: Connection): string =>
  response(
    element(
      'Connect',
      { action: afterUrl },
      element('Stream', { url: streamUrl }, element('Parameter', { name: 'token', value: token })),
    ),
    ...toPerson(telephone),
  );

/** The agent has said goodbye. */
export const hangUpTwiml = (): string => response(element('Hangup', {}));

/** The agent can not go on: a person shall. */
export const toPersonTwiml = (telephone: string | undefined): string => response(...toPerson(telephone));
