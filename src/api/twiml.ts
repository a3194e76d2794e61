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

export interface HandOver {
  /** Where a person answers, E.164. */
  telephone: string;
  /** Asked for instructions when the person has hung up, or nobody has answered. */
  dialedUrl: string;
  /** Asked for what is said to the person before the caller is on the line; nothing is said when absent. */
  whisperUrl?: string | undefined;
}

/** Six rings, in seconds: after that an answering machine is likelier than a person. */
const RING_S = '25';

/** The agent can not go on, or the caller wants a person: one shall. */
export const toPersonTwiml = (to: HandOver | undefined): string => {
  if (!to) return response(...toPerson(undefined));
  const number = element(
    'Number',
    to.whisperUrl === undefined ? {} : { url: to.whisperUrl },
    escape(to.telephone),
  );
  return response(element('Dial', { action: to.dialedUrl, timeout: RING_S }, number));
};

/**
 * Spoken to the person who picked up. Only who presses a key is connected: an answering machine presses none, and the
 * caller hears that nobody is there instead of talking to it.
 */
export const whisperTwiml = (words: string, acceptedUrl: string): string =>
  response(
    element(
      'Gather',
      { action: acceptedUrl, numDigits: '1', timeout: '8' },
      element('Say', {}, escape(`${words} Press any key to take the call.`)),
    ),
    element('Hangup', {}),
  );

/** Nothing more to say to whoever picked up: the two are connected. */
export const connectedTwiml = (): string => response();

/** Nobody took the call. @param calledBack somebody will call back, because the caller's number is known. */
export const nobodyTwiml = (calledBack: boolean): string =>
  response(
    element(
      'Say',
      {},
      `We are sorry, nobody could take your call right now. ${calledBack ? 'Someone will call you back.' : 'Please call again.'} Goodbye.`,
    ),
    element('Hangup', {}),
  );
