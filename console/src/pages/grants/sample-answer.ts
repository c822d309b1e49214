/** An answer as an application would receive it, made of invented values. Pure: no person's data are near it. */
import type { Disclosure } from '../../api/generated.js';
import type { NamedField } from '../../parts/session.js';

/** One line of the answer. `predicate`: not there, but usable in rules; `note`: withheld. */
export interface SampleLine {
  readonly key: string;
  readonly indent: number;
  readonly text: string;
  readonly state: 'plain' | 'full' | 'masked' | 'predicate' | 'note';
}

/**
 * Invented values with what each mask leaves of them. test/console holds them against the gateway's own masks.
 * The identifier's division and birthday are those of nobody: its sequence is 000.
 */
export const MASK_SAMPLES: Readonly<Record<string, readonly [full: string, masked: string]>> = {
  NAME: ['林小雨', '林*雨'],
  ID_NUMBER: ['350702201803150007', '350702**********07'],
  ADDRESS: ['福建省南平市延平区滨江路1号', '福建省南平市延平区***'],
  PHONE: ['13800000000', '138****0000'],
};

/** Invented values by scalar type. What is not here is shown as an enum's or text's placeholder. */
const SCALARS: Readonly<Record<string, string>> = {
  Date: '"2018-03-15"',
  YearMonth: '"2026-10"',
  Month: '"2026-10"',
  Int: '2',
  Float: '86.5',
  Decimal: '"86.50"',
  Boolean: 'true',
  String: '"…"',
  ID: '"…"',
};

/** How deep the answer is drawn: types refer to one another without end. */
const DEEPEST = 6;

/** `[Guardianship!]!` → Guardianship. */
function bareType(valueType: string): string {
  return valueType.replace(/[[\]!]/g, '');
}

function inventedValue(field: NamedField, shown: 'FULL' | 'MASKED'): string {
  const sample = field.mask === null ? undefined : MASK_SAMPLES[field.mask];
  if (sample !== undefined) return `"${sample[shown === 'FULL' ? 0 : 1]}"`;
  const scalar = SCALARS[bareType(field.valueType)];
  const one = scalar ?? `"${bareType(field.valueType)}"`;
  return field.list ? `[${one}]` : one;
}

/**
 * Draws the answer: from the root where a root field is granted, otherwise from each type that no granted field leads to.
 * @param fields the fields concerned
 * @param disclosures how each is shown, by coordinate; null: withheld
 */
export function sampleLines(
  fields: readonly NamedField[],
  disclosures: ReadonlyMap<string, Disclosure | null>,
): readonly SampleLine[] {
  const byType = new Map<string, NamedField[]>();
  for (const field of fields) byType.set(field.type, [...(byType.get(field.type) ?? []), field]);
  const reached = new Set(fields.map(({ valueType }) => bareType(valueType)));
  const roots = byType.has('Query') ? ['Query'] : [...byType.keys()].filter((type) => !reached.has(type));
  const starts = roots.length === 0 ? [...byType.keys()].slice(0, 1) : roots;
  const lines: SampleLine[] = [];

  function draw(type: string, indent: number, way: readonly string[], types: readonly string[]): void {
    for (const field of byType.get(type) ?? []) {
      const disclosure = disclosures.get(field.coordinate) ?? null;
      const key = [...way, field.coordinate].join(' ');
      const label = `"${field.field}": `;
      if (disclosure === null) {
        lines.push({ key, indent, text: `${label}null`, state: 'note' });
      } else if (disclosure === 'PREDICATE') {
        lines.push({ key, indent, text: `${label}null`, state: 'predicate' });
      } else {
        const target = bareType(field.valueType);
        const object = byType.has(target);
        if (object && (types.includes(target) || types.length >= DEEPEST)) {
          lines.push({ key, indent, text: `${label}${field.list ? '[ { … } ]' : '{ … }'}`, state: 'plain' });
        } else if (object) {
          lines.push({ key, indent, text: `${label}${field.list ? '[ {' : '{'}`, state: 'plain' });
          draw(target, indent + 1, [...way, field.coordinate], [...types, target]);
          lines.push({ key: `${key} end`, indent, text: field.list ? '} ]' : '}', state: 'plain' });
        } else {
          const state = disclosure === 'MASKED' ? 'masked' : 'full';
          lines.push({ key, indent, text: `${label}${inventedValue(field, disclosure)}`, state });
        }
      }
    }
  }

  lines.push({ key: 'begin', indent: 0, text: '{', state: 'plain' });
  for (const root of starts) {
    if (root === 'Query') {
      draw(root, 1, [], [root]);
    } else {
      lines.push({ key: root, indent: 1, text: `… ${root} {`, state: 'plain' });
      draw(root, 2, [], [root]);
      lines.push({ key: `${root} end`, indent: 1, text: '}', state: 'plain' });
    }
  }
  lines.push({ key: 'end', indent: 0, text: '}', state: 'plain' });
  return lines;
}
