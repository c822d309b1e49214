/** Codes of social security. */

/** aae140. */
export const KIND = {
  '110': 'EMPLOYEE_PENSION',
  '120': 'INSTITUTION_PENSION',
  '170': 'RESIDENT_PENSION',
  '210': 'UNEMPLOYMENT',
  '310': 'MEDICAL',
  '330': 'SERIOUS_ILLNESS',
  '390': 'RESIDENT_MEDICAL',
  '410': 'INJURY',
  '510': 'MATERNITY',
} as const;

/** aac031. */
export const STATE = { '1': 'PAYING', '2': 'PAUSED', '3': 'ENDED' } as const;
