/**
 * What in a caller's words interrupts the questions: danger, a refusal, a request. Fixed phrases, no model; for danger
 * they fail towards alarm, because a false alarm is cheap and a miss is not.
 */
import { REFUSES_NUMBER } from '../extract/phone.js';
import type { Utterance } from '../extract/utterance.js';

const signals = [
  'emergency',
  'suicidal',
  'card',
  'injection',
  'robot',
  'person',
  'advice',
  'fee',
  'safe',
  'repeat',
  'goodbye',
] as const;
export type Signal = (typeof signals)[number];

const SOMEBODY =
  '(?:he|she|they|someone|somebody|my (?:husband|wife|ex|boyfriend|girlfriend|partner|dad|father|son))';
const IS = "(?: is| 's| are)";
const patterns: Readonly<Record<Exclude<Signal, 'card'>, RegExp>> = {
  emergency: new RegExp(
    [
      `\\b${SOMEBODY}${IS} (?:right )?(?:here |back )?(?:in|inside|outside|at|breaking into|breaking|coming|trying to (?:get|break)) (?:in |into |to )?(?:the|my|our) (?:house|home|door|front door|apartment|garage|room|window)`,
      `\\b${SOMEBODY}${IS} (?:here now|right here|hitting me|hurting me|beating me|choking me|going to (?:kill|hurt|shoot)|trying to kill|chasing me|following me now)`,
      `\\b(?:has|have|got|holding|pointing|with) a (?:gun|knife|weapon)\\b`,
      `\\b(?:going to|gonna|will|wants to|said he would|said she would|threatened to) kill (?:me|us|him|her|them)\\b`,
      `\\bnext time i will not get up\\b`,
      `\\b(?:shots? (?:fired|being fired)|shooting at|being shot|someone is shooting)\\b`,
      `\\b(?:i am|we are) (?:in danger|not safe|bleeding (?:bad|badly|out|a lot)|trapped)\\b`,
      `\\b(?:can not breathe|having a heart attack|is not breathing|unconscious|house is on fire|building is on fire|overdos\\w+)\\b`,
      `\\bneed (?:an ambulance|the police|police) (?:now|right now|here)\\b`,
      `\\bcan not call the police\\b`,
      `\\bi do not feel safe (?:right now|here)\\b`,
    ].join('|'),
  ),
  suicidal:
    /\b(?:kill(?:ing)? myself|end(?:ing)? my (?:own )?life|take my (?:own )?life|suicid\w*|(?:want|wish|going|ready) to (?:die|be dead)|wanna die|wish i (?:was|were) dead|do not want to (?:live|be alive|be here any ?more|go on living)|better off dead|better off without me|hurt(?:ing)? myself|harm(?:ing)? myself|end it all|no (?:reason|point) (?:to live|in living|to go on)|(?:can not|no longer) go on living|have nothing (?:left )?to live for)\b/,
  injection:
    /\b(?:(?:ignore|disregard|forget|override) (?:all |any )?(?:of )?(?:your|the|these|those|previous|prior|my)(?: previous| prior)? (?:instructions?|rules?|prompts?|programming|training)|(?:read|give|tell|show|send) me (?:the |your |a )?(?:list of )?(?:clients?|staff|employees?)(?: list| directory| names| numbers)?|system prompt|developer mode|pretend (?:to be|you are)|you are now (?:a|an|my)|client list|staff directory)\b/,
  robot:
    /\b(?:are you|you are|is this|am i (?:talking|speaking) (?:to|with)|you an?|this is)(?: an?| some| the)?(?: real| actual| live| damn)* (?:robot|bot|machine|computer|human|human being|ai|a i|person|recording|lawyer|attorney|artificial intelligence)\b|\bwho am i (?:talking|speaking) (?:to|with)\b|\bare you (?:even )?real\b|\bdamn robot\b/,
  person:
    /\b(?:(?:speak|talk|speaking|talking) (?:to|with) (?:a |an |the |some)?(?:real |actual |live |human )*(?:person|human|human being|somebody|someone|lawyer|attorney|body|representative|operator|receptionist)|(?:get|give|put|connect|transfer) me (?:to |through |with )?(?:to )?(?:a |an |the )?(?:real |actual |live |human )*(?:person|human|someone|somebody|lawyer|attorney|representative|operator|receptionist|through)|(?:real|live|actual) (?:person|human)|(?:want|need) (?:a |an )?(?:real )?(?:human|person|operator|representative)|put me through)\b/,
  advice: new RegExp(
    [
      'do (?:i|we|you think i|you think we) (?:even )?have (?:a |the |any |much of a |a good )?(?:case|claim|chance|shot|right|rights)',
      'should (?:i|we) (?:\\w+ )?(?:sign|talk|give|pay|take|accept|plead|go|leave|move|stop|file|sue|settle|tell|say|call|admit|refuse|ignore|do|let|answer|keep|quit|wait|report)',
      '(?:how (?:long|much time) do (?:i|we) have|how many days (?:do|have)|(?:is it|am i|are we) too late|statute of limitations?|how long (?:until|before|to (?:sue|file)))',
      "(?:what is|what 's|how much is|how much are) (?:my |the |this |it |our )(?:\\w+ )?(?:\\w+ )?worth|how much (?:money )?(?:can|could|will|would|might|do|am|is) (?:i|we|my|they)(?: \\w+)? (?:get|win|receive|make|going|expect|case|claim)",
      '(?:can|could|may) (?:i|we) (?:\\w+ )?(?:sue|complain|file|stop|fight|win|appeal|break|keep|lose|press|collect)',
      '(?:will|am|are|is) (?:i|we|he|she|they|it) (?:gonna|going to|even going to)? ?(?:lose|win|be deported|get deported|go to (?:jail|prison)|get (?:custody|fired|evicted|arrested))',
      '(?:will|would|could|can) (?:i|he|she|they|we) (?:\\w+ )?(?:lose|win|be deported|go to jail|take (?:the|my|our)|evict|fire|kick|keep|get custody|get in trouble)',
      '(?:does|do|if i \\w+ \\w+ does) (?:it|that|this) (?:\\w+ )?(?:stop|count|matter|mean i|protect)',
      "(?:is|was|isn't) (?:that|this|it|what he did|what they did)(?: even)? (?:legal|illegal|against the law|allowed|a crime|a problem)",
      'did (?:he|she|they|i|we) do (?:something|anything) (?:illegal|wrong)',
      'what (?:happens|would happen|will happen) (?:if|to (?:me|him|her|my))',
      'what (?:should|can|do) (?:i|we) do\\b(?! to (?:book|schedule|pay))',
      '(?:what are|do i have any) (?:my|our) (?:chances|odds|rights|options)|my chances',
      '(?:is|in) [^|]{0,40} a problem (?:\\||$)|just tell me (?:if|yes)|yes or no',
    ]
      .map((part) => `\\b(?:${part})`)
      .join('|'),
  ),
  fee: /\b(?:how much (?:do|does|would|will|is) (?:you|it|the consultation|a consultation|this|the lawyer|a lawyer|an attorney)(?: \w+){0,3}(?: charge| cost| be)?|what (?:do|does|would) (?:you|it|the consultation|a consultation)(?: \w+)? (?:charge|cost)|what (?:is|are|'s) (?:the|your) (?:fee|fees|rates?|price|cost)|consultation (?:free|fee|cost)|is (?:it|this|the consultation) free|for less|cheaper|discount|(?:hundred|thousand|fifty|twenty five|seventy five) (?:dollars|bucks)[^|]{0,20}(?:\||just to talk))/,
  safe: /\b(?:i am|we are|i feel) (?:safe|okay|ok|fine|all ?right|out of danger)\b|\b(?:not in (?:any )?danger|false alarm|not an emergency|no emergency|nobody is hurt)\b/,
  repeat:
    /^(?:(?:hello|uh|um|sorry|i am sorry|excuse me|,|\|) ?)*(?:what|huh|pardon(?: me)?|say (?:that|it) again|(?:can|could) you (?:say|repeat)(?: that| it)?(?: again)?|repeat that|come again|i (?:did not|can not|could not) (?:hear|catch|understand)|speak up|hello)(?: (?:was that|did you say|you|that|please|again|too good|honey|\|))*$/,
  goodbye:
    /\b(?:good ?bye|bye(?: bye)?|have a good (?:day|night|one|evening)|(?:i )?(?:have to|gotta|got to|need to|am going to) (?:go|hang up|run)(?: now)?(?= \||$)|hang(?:ing)? up now|talk to you later)\b|\b(?:that is all|that 's all|nothing else|that is it|that 's it|no thank you|no thanks)\b(?: (?:thank you|thanks|for now|bye|,|\|))*$/,
};
/** Said before the digits come: the caller is stopped in time. */
const CARD_COMING =
  /\b(?:my|the) (?:credit |debit )?(?:card|visa|mastercard|amex)(?: number| 's)?(?: number)? (?:is|'s)\b|\bcard number removed\b|\bcard number is\b/;

/** Everything in these words that asks for more than the next question. */
export function signalsIn(u: Utterance): ReadonlySet<Signal> {
  const found = new Set<Signal>();
  if (u.tokens.length === 0) return found;
  for (const signal of signals) {
    if (signal === 'card' ? CARD_COMING.test(u.plain) : patterns[signal].test(u.plain)) found.add(signal);
  }
  if (REFUSES_NUMBER.test(u.plain)) found.delete('advice');
  return found;
}
