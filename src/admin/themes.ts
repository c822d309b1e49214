/** The themes that this gateway serves. A theme is added here and nowhere else. */
import { clients } from './clients.js';
import { session } from './session.js';
import type { Theme } from './theme.js';

/** Every theme, in the order of the SDL. */
export const THEMES: readonly Theme[] = [session, clients];
