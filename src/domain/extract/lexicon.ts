/**
 * What callers say about each area of practice, with the weight of each phrase (3 names the area, 2 points to it, 1 hints).
 * Includes how a recogniser writes some of them and what Spanish speakers mix in.
 */
import type { PracticeArea } from '../firm.js';

type Phrases = Readonly<Record<1 | 2 | 3, string>>;

export const lexicon: Readonly<Record<PracticeArea, Phrases>> = {
  personal_injury: {
    3: 'car accident, car accidents, auto accident, car wreck, car rack, car crash, truck accident, motorcycle accident, bike accident, bus accident, traffic accident, personal injury, rear ended, slip and fall, slipped and fell, dog bite, medical malpractice, wrongful death, workers comp, hit and run, run over, pedestrian accident, hurt in an accident, car accent, injured in an accident, got hit by, hit by a car, hit by a truck, accidente',
    2: 'accident, wreck, crash, injured, injury, injuries, hit me, ran into me, bitten, malpractice, settlement, whiplash, my neck, my back, broken leg, broken arm, slipped, ran a red light, wet floor, collision',
    1: 'hurt, hospital, urgent care, chiropractor, ambulance, fell, insurance, surgery, doctor',
  },
  family: {
    3: 'divorce, divorced, divorcing, child custody, custody, child support, alimony, paternity, adoption, protective order, restraining order, divorcio, prenup, visitation, spousal support',
    2: 'my ex wife, my ex husband, separation, separated, take my kids, take the kids, domestic violence, co parent, parenting time',
    1: 'my wife, my husband, my kids, marriage, spouse',
  },
  criminal: {
    3: 'arrested, a rested, dui, dwi, criminal charge, criminal charges, charged with, in jail, felony, misdemeanor, probation violation, bail, arraignment, warrant for my arrest, public defender, drunk driving, drug charge, possession charge',
    2: 'jail, probation, parole, police arrested, license suspended, took my license, theft, assault charge, shoplifting, bond hearing, prosecutor, plea',
    1: 'police, court date, ticket, breathalyzer, warrant',
  },
  immigration: {
    3: 'immigration, green card, deported, deport, deportation, asylum, visa, citizenship, naturalization, uscis, undocumented, work permit, la migra, migra, detained by ice, removal proceedings, deportar, inmigracion',
    2: 'ice detained, detention center, a number, immigrant, border patrol, notario, daca, sponsor my',
    1: 'detained, country, passport',
  },
  bankruptcy: {
    3: 'bankruptcy, bankrupt, foreclosure, foreclose, foreclosing, chapter seven, chapter thirteen, chapter 7, chapter 13, selling my house, repossessed, repossession, garnishing my wages, wage garnishment, debt collectors, debt collector',
    2: 'behind on my mortgage, too much debt, in debt, garnish, garnishment, credit card debt, months behind, repo, creditors',
    1: 'mortgage, debts, debt, bills, loan, owe',
  },
  estate: {
    3: 'a will, the will, my will, last will, probate, living trust, trust, executor, inheritance, inherited, estate, power of attorney, estate planning, contest the will, filed a will, guardianship, testamento',
    2: 'passed away, heir, heirs, beneficiary, left the house to, wills, living will',
    1: 'mama passed, mother passed, father passed, my mom died, my dad died, dementia, nursing home',
  },
  employment: {
    3: 'overtime, wrongful termination, wrongfully terminated, unpaid wages, unpaid overtime, discrimination, sexual harassment, harassed at work, got fired, was fired, fired me, fired from my job, laid off, retaliation, severance, minimum wage, last paycheck, lost my job, hostile work environment',
    2: 'my boss, my employer, fired, wages, harassment, harassing, harassed, paycheck, human resources, my supervisor, my job, quit my job, let me go',
    1: 'at work, manager, coworker, hours a week, salary, my company, stopped working',
  },
  landlord_tenant: {
    3: 'landlord, landlady, land lord, eviction, evicted, evict, evicting, security deposit, my lease, the lease, lease agreement, behind on rent, tenant, changed the locks, locked me out',
    2: 'my rent, the rent, my apartment, apartment, rental, wants me out, mold, repairs, no heat',
    1: 'rent, lease, roommate, moving out, summons',
  },
  out_of_scope: {
    3: 'patent, patents, patent attorney, trademark, copyright, securities, irs, tax audit, tax problem, tax attorney, back taxes, intellectual property',
    2: 'my invention, invented, taxes',
    1: 'file a patent, invention',
  },
};
