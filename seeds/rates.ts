/**
 * Every rate of the demonstration city in one place. Shares from 0 to 1. They are meant to be
 * plausible and to make every case occur; they are no statistics of Nanping.
 */
export const RATES = {
  /** Who lives here and how. */
  people: {
    /** Of families: migrants (流动人口); gives about 12 % of the residents. */
    migrantFamilies: 0.17,
    /** Of residents: an ethnic group other than Han. */
    minority: 0.025,
    /** Of registered adults: born in a division elsewhere. */
    bornElsewhere: 0.08,
    /** Of residents: a former name. */
    formerName: 0.02,
    /** Of adults: no telephone on record. */
    noPhone: 0.15,
    /** Of children: guardians stand in jhry and jhre; of the rest only the parents stand in fq and mq. */
    guardiansRecorded: 0.8,
    /** Of children of couples: bear the mother's surname. */
    mothersSurname: 0.05,
    /** Of migrant families: own the dwelling they live in. */
    migrantOwners: 0.18,
  },
  /** Of registered residents over 60: dead (ryzt 1) and not yet struck off; the rest of any age. */
  status: { dead: 0.02, movedOut: 0.008, military: 0.001, emigrated: 0.001, missing: 0.0002, cancelled: 0.001 },
  /** Real estate. */
  property: {
    /** Of homes in towns, and in villages: the right is registered. */
    registeredInTown: 0.82,
    registeredInVillage: 0.5,
    /** Of registered homes of families: the family lives in a landlord's dwelling. */
    rented: 0.08,
    /** Of couples' homes. The rest is the husband's alone or, at `wifeAlone`, the wife's. */
    joint: 0.34,
    byShares: 0.08,
    wifeAlone: 0.2,
    /** Of holders by shares: the share was not recorded. */
    shareMissing: 0.06,
    /** Of units by shares: one holder has a passport instead of a citizen ID. */
    passportHolder: 0.02,
    mortgaged: 0.22,
    seized: 0.012,
    /** An objection is registered (异议登记). */
    objection: 0.004,
    /** Of units: an earlier owner's right is kept as history (qszt 2). */
    formerOwner: 0.25,
    /** Of families in towns: a parking space besides the home. */
    parking: 0.06,
    /** Of small homes: under 35 m². */
    small: 0.05,
  },
  /** Employment. */
  employment: {
    /** Of men and women of working age with a normal registration; gives about 35 % of all adults. */
    employed: 0.46,
    migrantEmployed: 0.58,
    /** Of the employed: employee medical insurance (310) besides the pension (110). */
    medical: 0.6,
    /** Of the employed: the contribution was interrupted for 1 to 8 months; began within the 18 months; ended within them. */
    interrupted: 0.12,
    began: 0.07,
    ended: 0.05,
    /** Of adults not employed: resident pension (170). */
    residentPension: 0.55,
    /** Of payments: booked and not yet received (aae111 0). */
    notReceived: 0.004,
  },
  /** Of enterprises: were ever entered in a list of bad records; of those entries: still stand. */
  dishonesty: { listed: 0.03, standing: 0.5 },
  /** Vaccination: of doses due. */
  vaccination: { missing: 0.03, late: 0.07, inactivated: 0.06, noRecord: 0.01, noIdNumber: 0.01, movedAway: 0.01 },
  /** Licences. */
  licences: {
    /** Of migrant adults: hold a residence permit. */
    permit: 0.72,
    /** Of the yearly endorsements: made late, so that a gap is left and the years restart. */
    endorsedLate: 0.08,
    permitSuspended: 0.01,
    permitCancelled: 0.01,
    /** Of migrant families that rent: the lease record is missing. */
    leaseMissing: 0.3,
    leaseExpired: 0.08,
    leaseCancelled: 0.02,
    /** Of holders of rights: the title is in the licence library. */
    title: 0.5,
    /** Of enterprises that run a public venue: what became of the hygiene licence. */
    hygieneExpired: 0.1,
    hygieneRevoked: 0.02,
    hygieneCancelled: 0.06,
    hygieneSuspended: 0.02,
    businessRevoked: 0.02,
    businessCancelled: 0.03,
  },
  /** Rows as they really are: wrong, old or written differently. */
  dirt: {
    /** Of people born before 2000, in property, licences and social security: the 15-digit number. */
    legacyId: 0.05,
    /** Of numbers ending in X: stored with x. */
    lowercaseX: 0.15,
    /** Of dates: `00000000` or blank instead. */
    zeroBirthDate: 0.002,
    zeroMovedIn: 0.02,
    zeroRegistered: 0.01,
    zeroDose: 0.003,
    /** Of residents and households: an older row still looks current and is superseded by a later qysj. */
    superseded: 0.02,
    /** Of residents: a closed row (jssj set) of an earlier home. */
    history: 0.06,
    /** Of residents: a later row that was cancelled (cxbz 1). */
    cancelled: 0.005,
    /** Of names and addresses: trailing blanks. */
    trailingBlanks: 0.01,
    /** Of addresses: full-width digits; on plates much fewer. */
    fullWidthAddress: 0.1,
    fullWidthPlate: 0.01,
    /** Of locations: without province and city. */
    shortAddress: 0.35,
    /** Of licences: a deleted twin (scbz 1), or expired and still called valid. */
    deletedLicence: 0.004,
    expiredCalledValid: 0.15,
    /** Of doses: a deleted row of the same dose (scbz 1). */
    deletedDose: 0.004,
    /** Of insured: a void row (aae100 0) with another personal number. */
    voidInsured: 0.004,
  },
} as const;

/** Months of employment contributions kept, before the day of the city. */
export const CONTRIBUTION_MONTHS = 18;
/** Children under this age have a vaccination record. */
export const VACCINATION_UNDER_YEARS = 8;
/** One enterprise is founded after so many families. */
export const FAMILIES_PER_ENTERPRISE = 11;
