/** DataLoaders of one request. */
import DataLoader from 'dataloader';
import type { Paid } from '../../floors/insurance.js';
import type { Unit } from '../../floors/property.js';
import type { Vaccination } from '../../floors/vaccination.js';
import type { City, Licence, Ownership, Resident } from './city.js';

/** Loaders that batch and remember for one request. */
export interface Loaders {
  readonly resident: DataLoader<string, Resident | null>;
  readonly properties: DataLoader<string, Ownership[]>;
  readonly unit: DataLoader<string, Unit | null>;
  readonly licences: DataLoader<string, Licence[]>;
  readonly insuredMonths: DataLoader<string, Paid[]>;
  readonly vaccination: DataLoader<string, Vaccination | null>;
}

/** Loaders for a new request. */
export function loadersOf(city: Omit<City, 'close'>): Loaders {
  return {
    resident: new DataLoader(city.residents),
    properties: new DataLoader(city.properties),
    unit: new DataLoader(city.units),
    licences: new DataLoader(city.licences),
    insuredMonths: new DataLoader(city.insuredMonths),
    vaccination: new DataLoader(city.vaccinations),
  };
}
