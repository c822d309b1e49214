import type { Disclosure } from '../../api/generated.js';
import { BY_OPENNESS } from '../../parts/disclosures.js';
import { DISCLOSURES, term } from '../../parts/terms.js';
import { useLanguage } from '../../words.js';

/** How many fields are shown in which way. */
export function DisclosureCounts({ of }: { readonly of: readonly { readonly disclosure: Disclosure }[] }) {
  const language = useLanguage();
  return (
    <span className="mz-codes">
      {BY_OPENNESS.map((one) => {
        const count = of.filter(({ disclosure }) => disclosure === one).length;
        return (
          count > 0 && (
            <span key={one} className={`mz-chip mz-${one.toLowerCase()}`}>
              {term(DISCLOSURES, one, language)} {count}
            </span>
          )
        );
      })}
    </span>
  );
}
