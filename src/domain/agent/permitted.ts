/**
 * The outgoing filter: what a model may say. Run on every sentence before it is spoken; on a breach the act's own template
 * is spoken instead. Two layers: patterns of things only a lawyer may say, and claims the agent must never make.
 */
import { utterance } from '../extract/utterance.js';

export type Verdict = { ok: true } | { ok: false; rule: FilterRule };
export type FilterRule =
  | 'judges_the_case'
  | 'names_a_deadline'
  | 'names_a_value'
  | 'claims_to_represent'
  | 'claims_to_be_human'
  | 'gives_advice'
  | 'promises'
  | 'takes_a_card';

const COUNT =
  '(?:\\d+|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|twenty|thirty|sixty|ninety|hundred|few|several)';
const rules: readonly (readonly [FilterRule, RegExp])[] = [
  [
    'judges_the_case',
    /\byou (?:do |may |might |probably |definitely |likely |clearly |certainly |would )*have (?:a |an |no |not |any )*(?:good |great |strong |weak |solid |valid |real |clear |very )*(?:case|claim|chance|shot|lawsuit|grounds)\b|\b(?:strong|good|great|weak|solid|valid|open and shut) (?:case|claim)\b|\byour (?:case|claim) (?:is|looks|sounds|seems)\b|\b(?:he|she|they|it) (?:is|are|was|were) (?:clearly |probably |legally )?(?:liable|at fault|negligent|guilty|illegal|against the law)\b|\b(?:that|this|it) (?:is|was|'s) (?:il)?legal\b|\bbroke the law\b|\byou (?:can|could|will|would|should be able to) (?:sue|win|lose|recover)\b/,
  ],
  [
    'names_a_deadline',
    new RegExp(
      `\\byou (?:only |still )?have (?:about |until |only |up to |less than )*(?:${COUNT} )+(?:day|week|month|year)s?\\b|\\byou have until\\b|\\bwithin (?:the next )?(?:${COUNT} )+(?:day|week|month|year)s?\\b|\\b(?:deadline|statute of limitations?|time limit) (?:is|was|'s|expires|runs|ends|has|of)\\b|\\btoo late\\b|\\bnot too late\\b|\\b(?:weekends?|holidays?) (?:do|does|are|is)(?: not)? count`,
    ),
  ],
  [
    'names_a_value',
    /\b(?:worth|settle for|get you|recover|award of|damages of) (?:about |around |up to |at least |over |roughly |between )*(?:\d|one|two|three|five|ten|twenty|fifty|hundred|thousand|million|a lot|a million|six figures)|\b(?:cases? like (?:this|yours)|settlements?) (?:usually|typically|often|normally)?\b[^|]{0,30}\b(?:thousand|million|dollars)\b/,
  ],
  [
    'claims_to_represent',
    /\b(?:we|i|our (?:firm|attorneys?|lawyers?)|the firm) (?:will |do |now |can |already )*represents? (?:you|her|him)\b|\b(?:you are|you 're) (?:now )?(?:hired|our client|a client|represented)\b|\byour (?:new )?(?:attorney|lawyer) (?:is|will|can)\b|\b(?:we|the firm|i) (?:will |have |are )*(?:take|taken|taking|accept|accepted|accepting) your case\b|\byou have hired\b/,
  ],
  [
    'claims_to_be_human',
    /\bi am (?:a |an |the |not an? )*(?:real |actual |live |human )*(?:human|person|man|woman|lawyer|attorney|paralegal|receptionist|ai program at all|robot)\b|\bi am (?:a )?(?:human|real)\b|\bthis is (?:a )?(?:real|live) person\b|\bas (?:a|your) (?:lawyer|attorney)\b/,
  ],
  [
    'gives_advice',
    /\byou (?:should|must|need to|ought to|have to|had better|may want to|do not (?:have|need) to)(?: not| never| definitely| always| probably)* (?:sign|file|plead|sue|settle|accept|refuse|reject|talk|speak|say|tell|give|pay|move|leave|ignore|appeal|answer|respond|admit|deny|call the police|stop|stay|wait|report|quit|record)\b|\b(?:do not|never) (?:sign|talk to|speak (?:to|with)|give|accept|pay|admit|plead|tell)\b|\b(?:i|we) (?:would )?(?:advise|recommend|suggest) (?:you|that)\b|\bmy (?:legal )?advice\b|\bfile (?:a )?(?:chapter|bankruptcy|lawsuit)\b/,
  ],
  [
    'promises',
    /\b(?:guarantee|guaranteed|promise you|best (?:lawyers?|attorneys?|firm)|no risk|we will win|non ?refundable|you will (?:win|get|receive|not lose|not go|be fine|be okay))\b/,
  ],
  [
    'takes_a_card',
    /\b(?:give|tell|read|say)(?: me| us)? (?:your |the )(?:credit |debit )?card\b|\b(?:your|the) (?:card number|security code|cvv|social security)\b(?! is not)/,
  ],
];
/** "I am not a lawyer", "I'm an AI assistant, not a person": true, and required. */
const DENIALS =
  /\bi am (?:an? (?:ai|automated|virtual|digital)(?: \w+)*(?: , )?(?: and| but)? ?not an? (?:person|human|lawyer|attorney)|not an? (?:lawyer|attorney|person|human(?: being)?|real person))(?: (?:and|or) (?:also )?(?:not )?an? (?:lawyer|attorney|person|human))*/g;
/** Hedged or negated forms that state no judgement: "cannot say whether you have a case". */
const DECLINES =
  /\b(?:can not|could not|not able to|unable to|only an attorney can|an attorney (?:can|will|has to|needs to)) (?:say|tell|tell you|answer|judge|decide|discuss|know|go over|look at|explain)\b(?:(?! but )[^|,])*/g;

/**
 * May this sentence be spoken?
 * @param text one sentence (or a few) of model output.
 */
export function permitted(text: string): Verdict {
  const plain = utterance(text).plain.replace(DENIALS, ' ').replace(DECLINES, ' ');
  const broken = rules.find(([, pattern]) => pattern.test(plain));
  return broken ? { ok: false, rule: broken[0] } : { ok: true };
}
