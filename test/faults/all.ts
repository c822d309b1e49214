/** Every fault, in the order tried. */
import { DATA_FAULTS } from './data-faults.js';
import { API_FAULTS, type Fault, NETWORK_FAULTS } from './faults.js';

export const ALL_FAULTS: readonly Fault[] = [...NETWORK_FAULTS, ...API_FAULTS, ...DATA_FAULTS];
