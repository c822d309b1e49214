/** Every fault, in the order tried. */
import { type Fault, NETWORK_FAULTS } from './faults.js';

export const ALL_FAULTS: readonly Fault[] = [...NETWORK_FAULTS];
