/** The themes that this gateway serves. A theme is added here and nowhere else. */
import { applications } from './applications.js';
import { cases } from './cases.js';
import { catalogue } from './catalogue.js';
import { citizen } from './citizen.js';
import { citizenServices } from './citizen-services.js';
import { clients } from './clients.js';
import { commitments } from './commitments.js';
import { citizenDisputes, disputes } from './disputes.js';
import { grants } from './grants.js';
import { matters } from './matters.js';
import { monitoringTheme } from './monitoring.js';
import { recordsTheme } from './records.js';
import { seasons } from './seasons.js';
import { session } from './session.js';
import { tasks } from './tasks.js';
import type { Theme } from './theme.js';

/** Every theme, in the order of the SDL. */
export const THEMES: readonly Theme[] = [
  session,
  catalogue,
  applications,
  grants,
  clients,
  matters,
  cases,
  seasons,
  tasks,
  commitments,
  disputes,
  recordsTheme,
  monitoringTheme,
  citizen,
  citizenDisputes,
  citizenServices,
];
