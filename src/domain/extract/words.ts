/**
 * Word lists that tell a name from ordinary speech when there is no capital letter to go by. Compiled by hand from what
 * callers of law firms say; a word missing here costs at most a name field with a low confidence.
 */
const setOf = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Pronouns, prepositions, auxiliaries and the like: never part of a name in lower-case text. */
export const functionWords = setOf(`
  a an the this that these those here there i me my mine myself we us our ours you your yours he him his she her hers it its
  they them their theirs who whom whose which what when where why how am is are was were be been being do does did done have
  has had having can could will would shall should may might must not no nor yes yeah yep yup nope ok okay alright right sure
  well so very really just also too only even still already again ever never always maybe perhaps please thanks thank sorry
  and or but if then than because since while until unless though although as at by for from in into of off on onto out over
  to toward under up upon with without about above across after against along among around before behind below beside between
  beyond down during except inside near outside past through 's uh um er hmm oh like some any all both each every few many
  more most much other another such same own one's something anything nothing someone anyone nobody everybody somebody
  everyone else now today tomorrow yesterday tonight ago later soon yet once twice good fine hello hi hey bye goodbye actually
  basically honestly probably exactly mean know think guess want need got get gets getting went go goes going gone come
  comes came coming said say says saying tell told telling ask asked asking let lets make makes made take takes took taken
  taking give gives gave put puts see saw seen look looks looking call called calling calls use used work works worked
  working live lives lived name names named number phone email sir ma'am maam
`);

/** Everyday verbs, nouns and adjectives that follow "I'm", "he was", "the driver was" in calls. */
const everydayWords = setOf(`
  able accident afraid alive alone angry annoyed anxious arrested awake aware bad badly back being bleeding blind bothered
  broke broken busy calm careless certain charged cited clear clueless cold confident confused concerned convicted crazy
  crying curious dead deaf depressed desperate devastated diagnosed disabled disappointed divorced divorcing done drinking
  driving drunk due dying eligible embarrassed employed engaged enough evicted exhausted facing falling fed feeling filing
  filling fired first following forced free freezing frustrated furious getting glad grateful guilty half happy hard having
  healthy hearing heading home homeless hoping hospitalized hungry hurt hurting ill inquiring injured innocent insured
  interested jailed jobless just kidding laid last late lawyer left legal liable listening living locked looking losing lost
  lucky mad married missing mistaken moving nervous new next not obviously old only open overwhelmed owed owned parked
  pregnant pretty probation pulled pushed quite ready reading rear recording recovering recently referred relieved renting
  representing responsible retired robbed running sad safe scared second seeing selling separated separating serious served
  shaken shocked short sick single sitting skipping sleeping slow speaking speeding standing staying stopped stressed stuck
  sued suffering supposed sure surprised suspended swerving talking terminated terrified texting three tired towed trapped
  traumatized trying turning two undocumented unemployed unhappy unable unsure upset using victim visiting waiting walking
  watching willing wondering working worried worse wounded writing wrong yelling young about accident accidents account
  agreement ambulance answer apartment apartments appointment area arm arms asylum attorney attorneys auto back bail bank
  bankruptcy bike bill bills bit boss boyfriend brother building bus business buying car card care case cash cell chance
  check child children church city claim claims client clinic code company complaint consultation contract corner couple
  county court cousin credit crash custody damage damages date daughter day days deadline deal debt deposit detention
  divorce doctor door driver dui email emergency employee employer employers estate eviction ex eye eyes face fall family
  father fault fee file filed final finger fire firm floor foot friend front gas girl girlfriend green ground guy hand hands
  head help hit hold hospital hour hours house husband idea immigration information injury insurance intersection issue job
  judge key kid kids knee landlord lane law lawsuit lawyers lease leg legs letter license lights line little long lot man
  manager matter medical meeting message middle minute minutes mom mommy mama money month months morning mortgage mother
  motorcycle mr mrs ms miss neck neighbor night noise notice nurse office officer old order overtime owner pain paper papers
  parent parents parking part partner pay payment payments people permit person phone pickup place plan plant point police
  problem property question questions quick rack reason record red rent report road robot room sale school settlement
  shoulder sister slip slipped small son spell spelled spelling spouse state stop store story street stuff summons surgery
  tax taxes tenant ticket time times traffic treatment trial truck trucking try tuesday unit urgent van vehicle visa visit
  wage wages wait wall ward warrant wednesday week weekend weeks white wife will witness woman word work wreck year years
  monday thursday friday saturday sunday january february march april june july august september october november december
  whatever great useless damn real speak feel felt fell hear heard bring brought believe happen happened happens hope keep
  kept left lose mind move moved owe owes paid pick pulled ran run running seem seems send sent sign signed start started
  stay talk talked tried turn turned understand watch write wrote read double triple zero oh four five six seven eight nine
  ten hundred thousand dollars dot com big bigger busted ago anyway best better blue black brown gray silver fast high low
  main north south east west own part side top whole ahead away hand later mostly nearly off often rather super totally
  somewhere anywhere honest completely correct incorrect true false interesting important possible impossible different
  fellow page easy handling handle handed hurts hitting smashed slammed crashed texted drove drives drive worked works hang hanging fighting
  fight married marry english spanish american mexican catholic christian human machine assistant agent secretary
`);

/** Given names: positive evidence for "i'm …" and "the driver was …" in lower-case text. */
export const givenNames = setOf(`
  aaron abdul abigail abraham adam adaeze adrian adriana ahmed aisha alan albert alejandro alex alexa alexander alexandra alexis
  alfonso alfred ali alice alicia alison allen allison alma alvin amanda amber amy ana andre andrea andres andrew angel angela
  angelica angelina anita ann anna anne annette annie anthony antonio april ariana arlene armando arnold arthur ashley audrey
  austin barbara barry beatriz becky ben benjamin bernard bernice beth bethany betty beverly bill billy blake bob bobby bonnie
  brad bradley brandi brandon brandy brenda brent brett brian brianna bridget brittany brooke bruce bryan byron caleb calvin
  cameron camila candace carl carla carlos carmen carol carole caroline carolyn carrie casey cassandra catherine cathy cecilia
  cedric cesar chad charlene charles charlie charlotte chase chelsea cheryl chester chris christian christina christine
  christopher cindy claire clara clarence claude claudia clayton clifford clinton clyde cody colleen connie connor corey cory
  courtney craig cristina crystal curtis cynthia daisy dale dan dana daniel danielle danny darius darlene darrell darren dave
  david dawn dean debbie deborah debra denise dennis derek derrick destiny devin diana diane diego dolores dominic don donald
  donna doris dorothy doug douglas duane dustin dwayne dylan earl eddie edgar edith eduardo edward edwin eileen elaine elena elijah
  elizabeth ella ellen emily emma eric erica erik erika erin ernest ernestine esther ethan eugene eva evan evelyn faith felicia felipe
  felix fernando florence floyd frances francis francisco frank fred frederick gabriel gabriela gabrielle gail gary gavin gene
  george gerald gilbert gina gladys glen glenn gloria gordon grace greg gregory guadalupe gustavo guy hailey hannah harold
  harry harvey hazel heather hector heidi helen henry herbert herman holly hope howard hugh ian ibrahim irene iris isaac isabel
  isabella isaiah ivan jack jackie jackson jacob jacqueline jada jaime jake jamal james jamie jan jane janet janice jared jasmine
  jason javier jay jean jeff jeffery jeffrey jenna jennifer jenny jeremiah jeremy jermaine jerome jerry jesse jessica jesus jill
  jim jimmy jo joan joann joanna joanne jocelyn jodi joe joel john johnny jon jonathan jordan jorge jose joseph joshua joy joyce
  juan juanita judith judy julia julian julie julio june justin kaitlyn karen karina karl katelyn kate katherine kathleen kathryn
  kathy katie kayla keisha keith kelly kelsey ken kendra kenneth kenny kevin kim kimberly kirk kristen kristin kristina krystal kurt kyle
  lance larry latoya laura lauren laurie lawrence leah lee leo leon leonard leroy leslie lester lewis lillian linda lindsay
  lindsey lisa lloyd lois lonnie lorena lorenzo loretta lori lorraine louis louise lucas lucia lucille lucy luis luke lydia lynn
  mackenzie madison makayla malik manuel marc marcia marco marcus margaret margarita maria mariah marie marilyn mario marion
  marisol marissa marjorie mark marlene marsha marshall martha martin marvin mary mason mateo mathew matt matthew maureen maurice
  max maxine megan meghan melanie melinda melissa melvin mercedes meredith michael micheal michele michelle miguel mike mildred
  milton miranda misty mitchell mohamed mohammed molly monica monique morgan morris muhammad myra myrtle nancy naomi natalia
  natalie natasha nathan nathaniel neil nicholas nick nicole nina noah noel nora norma norman olga olivia omar oscar owen paige pam
  pamela pat patricia patrick patsy patty paul paula pauline pearl pedro peggy penny perry peter phil philip phillip phyllis
  priya rachel rafael ralph ramon randall randy raul ray raymond rebecca regina rene renee rhonda ricardo richard rick ricky rita
  rob robert roberta roberto robin rodney roger roland ron ronald ronnie rosa rose rosemary ross roxanne roy ruben ruby russell
  ruth ryan sabrina sally sam samantha samuel sandra sandy santiago sara sarah saul scott sean sebastian sergio seth shane shannon
  sharon shaun shawn sheila shelby shelly sherri sherry sheryl shirley sidney sierra silvia sofia sonia sophia sophie spencer
  srinivas stacey stacy stanley stella stephanie stephen steve steven sue susan suzanne sydney sylvia tamara tammy tanya tara
  taylor ted teresa terrance terrence terri terry thelma theodore theresa thomas tiffany tim timothy tina todd tom tommy toni
  tony tonya tracey tracy travis trevor tricia troy tyler tyrone valerie vanessa vera vernon veronica vicki vickie victor victoria
  vincent viola violet virginia vivian wade wallace walter wanda warren wayne wendy wesley whitney will william willie wilma
  xavier yolanda yvette yvonne zachary zoe
`);

/** Ordinary words that are common family names: taken for one right after a given name ("susan brown"). */
export const familyNames = setOf(`
  brown white green black gray hall ward king young long price cook bell wood woods stone hill park day banks cross small little
  short best case field fields lane rice may march gold silver weeks rich sharp church reed mason walker baker carter hunter
  fisher parker turner cooper porter miller taylor fox wolf bird rose west north east power powers page wall walls street
  brooks rivers waters winter summers frost snow pool pope bishop knight sheriff friend love joy strong hardy moody bush wise
`);

/** Too ordinary to be part of a person's name in lower-case text. */
export const isOrdinary = (word: string): boolean => functionWords.has(word) || everydayWords.has(word);
