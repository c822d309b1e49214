/** Every fault, in the order tried. */
import { CLOCK_FAULT } from './clock-fault.js';
import { DATA_FAULTS } from './data-faults.js';
import { API_FAULTS, type Fault, NETWORK_FAULTS } from './faults.js';
import { PROCESS_FAULTS } from './process-faults.js';
import { RECORD_FAULTS } from './record-faults.js';
import { STORE_FAULTS } from './store-faults.js';

export const ALL_FAULTS: readonly Fault[] = [
  ...NETWORK_FAULTS,
  ...API_FAULTS,
  ...DATA_FAULTS,
  ...STORE_FAULTS,
  ...RECORD_FAULTS,
  ...PROCESS_FAULTS,
  CLOCK_FAULT,
];
