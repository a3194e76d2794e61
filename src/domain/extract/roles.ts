/** Words → role, from role → words. A map, not an object: a caller may say "constructor". */
const byWord = (words: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(words).flatMap(([role, list]) =>
      list.split(' ').map((word): [string, string] => [word, role]),
    ),
  );

/** What another person or company is to the matter, by the word the caller uses. */
export const roleOf = byWord({
  spouse: 'wife husband spouse esposo esposa',
  former_spouse: 'ex',
  sibling: 'brother sister',
  parent: 'mother mom mama father dad',
  child: 'son daughter',
  relative: 'uncle aunt cousin nephew niece grandmother grandfather stepmother stepfather',
  partner: 'boyfriend girlfriend fiance partner',
  manager: 'boss manager supervisor',
  owner: 'owner dueno',
  employer: 'employer',
  landlord: 'landlord landlady',
  tenant: 'tenant',
  roommate: 'roommate',
  neighbor: 'neighbor',
  driver: 'driver',
  company: 'company business store school',
  provider: 'hospital doctor',
  lender: 'bank lender',
  insurer: 'insurer insurance',
  witness: 'witness',
  opposing_counsel: 'lawyer attorney',
});
/** Roles that companies have: their names may be made of everyday words. */
export const companyRoles = new Set([
  'company',
  'employer',
  'landlord',
  'provider',
  'lender',
  'insurer',
  'other_party',
]);
/** Last words of places, which are no parties. */
export const placeEndings = new Set([
  'county',
  'city',
  'street',
  'avenue',
  'road',
  'highway',
  'boulevard',
  'pd',
]);
/** Last words of company names, with the role they suggest. */
export const companyEndings = byWord({
  company:
    'inc llc llp corp corporation company logistics trucking construction group industries foods media',
  lender: 'bank mortgage',
  insurer: 'insurance mutual',
  provider: 'hospital clinic',
  landlord: 'apartments properties realty',
});
