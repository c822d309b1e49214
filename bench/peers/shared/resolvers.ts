/** Resolvers, as makeExecutableSchema takes them. */
import type { Guardianship, Ownership, Resident, ResidentReference } from './city.js';
import type { Loaders } from './loaders.js';

/** What the resolvers of household registration find in the context of a request. */
export interface Asking {
  readonly loaders: Pick<Loaders, 'resident'>;
  /** Citizen IDs of everybody whose data are asked for. */
  readonly subjects: Set<string>;
}

/** What the resolvers of the other departments find there. */
export interface AskingAll extends Asking {
  readonly loaders: Loaders;
}

/** A field of household registration: there already, or read where only a reference is. */
function own(field: Exclude<keyof Resident, 'idNumber'>) {
  return (resident: Resident | ResidentReference, _: unknown, { loaders }: Asking) =>
    field in resident
      ? (resident as Resident)[field]
      : loaders.resident.load(resident.idNumber).then((read) => read?.[field] ?? null);
}

/** A list or record of another department about a resident. */
function linked<K extends Exclude<keyof Loaders, 'resident' | 'unit'>>(name: K) {
  return ({ idNumber }: ResidentReference, _: unknown, { loaders }: AskingAll) =>
    loaders[name].load(idNumber) as ReturnType<Loaders[K]['load']>;
}

/** Of household registration. */
export const household = {
  Query: {
    resident(_: unknown, { id }: { readonly id: string }, { loaders, subjects }: Asking) {
      subjects.add(id);
      return loaders.resident.load(id);
    },
  },
  Resident: {
    name: own('name'),
    birthDate: own('birthDate'),
    status: own('status'),
    movedInDate: own('movedInDate'),
    address: own('address'),
    guardians: own('guardians'),
  },
  Guardianship: {
    resident({ resident }: Guardianship, _: unknown, { subjects }: Asking) {
      if (resident !== null) subjects.add(resident.idNumber);
      return resident;
    },
  },
};

/** Of real-estate registration. */
export const property = {
  Resident: { properties: linked('properties') },
  Ownership: { unit: ({ number }: Ownership, _: unknown, { loaders }: AskingAll) => loaders.unit.load(number) },
};

/** Of child vaccination. */
export const vaccination = { Resident: { vaccination: linked('vaccination') } };

/** Of social insurance. */
export const socialSecurity = { Resident: { insuredMonths: linked('insuredMonths') } };

/** Of the licence library. */
export const licences = { Resident: { licences: linked('licences') } };

/** Of all five. */
export const resolvers = {
  ...household,
  ...property,
  Resident: {
    ...household.Resident,
    ...property.Resident,
    ...vaccination.Resident,
    ...socialSecurity.Resident,
    ...licences.Resident,
  },
};
