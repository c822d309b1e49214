/** Values tried as claims, counted over processes, on each kind of database. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/store/claim-attempts.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { STORE_PLACES } from '../support/store-places.js';

const LIMITS = { perCase: 3, perSubject: 5, subjectDays: 30 };

let open: readonly ControlStore[] = [];
let remove: () => Promise<void> = async () => undefined;

afterEach(async () => {
  for (const store of open) await store.close();
  open = [];
  await remove();
  remove = async () => undefined;
});

async function stores(place: (typeof STORE_PLACES)[number], count: number): Promise<readonly ControlStore[]> {
  const created = await place.create();
  remove = created.remove;
  open = await Promise.all(Array.from({ length: count }, () => openControlStore(created.url)));
  return open;
}

const attempt = (name: string, inCase = 'case-1', ofSubject = 'person-1'): Attempt => ({ inCase, ofSubject, name });
const how = (token: string, day = 100) => ({ token, day, limits: LIMITS });

for (const place of STORE_PLACES) {
  describe.skipIf(place.skip)(`attempts on ${place.name}`, { timeout: 120_000 }, () => {
    it('bounds a case and a person, all or none of a comparison', async () => {
      const [store] = (await stores(place, 1)) as [ControlStore];
      const { claims } = store;
      expect(await claims.reserve([attempt('a'), attempt('b')], how('t1'))).toBeNull();
      expect(await claims.reserve([attempt('c'), attempt('d')], how('t2'))).toEqual({ index: 0, scope: 'CASE' });
      expect(await claims.reserve([attempt('c')], how('t3'))).toBeNull();
      expect(await claims.reserve([attempt('c')], how('t4'))).toBeNull();
      expect(await claims.reserve([attempt('e', 'case-2'), attempt('f', 'case-2')], how('t5'))).toBeNull();
      expect(await claims.reserve([attempt('g', 'case-3')], how('t6'))).toEqual({ index: 0, scope: 'SUBJECT' });
      expect(await claims.reserve([attempt('g', 'case-3')], how('t6', 130))).toBeNull();
      expect(await claims.reserve([attempt('h')], how('t7', 130))).toEqual({ index: 0, scope: 'CASE' });
    });

    it('takes back what a comparison wrote itself, and nothing that another did', async () => {
      const [store] = (await stores(place, 1)) as [ControlStore];
      const { claims } = store;
      await claims.reserve([attempt('a'), attempt('b'), attempt('c')], how('t1'));
      await claims.reserve([attempt('a')], how('t2'));
      await claims.release([attempt('a')], 't2');
      expect(await claims.reserve([attempt('d')], how('t3'))).toEqual({ index: 0, scope: 'CASE' });
      await claims.release([attempt('a')], 't1');
      expect(await claims.reserve([attempt('d')], how('t4'))).toBeNull();
    });

    it('forgets the days before one', async () => {
      const [store] = (await stores(place, 1)) as [ControlStore];
      const { claims } = store;
      await claims.reserve([attempt('a'), attempt('b'), attempt('c')], how('t1'));
      await claims.prune(101);
      expect(await claims.reserve([attempt('d')], how('t2', 101))).toBeNull();
    });

    it('bounds what several processes try at the same moment', async () => {
      const all = await stores(place, 4);
      const tried = await Promise.all(
        all.flatMap(({ claims }, process) =>
          Array.from({ length: 5 }, (_, i) => claims.reserve([attempt(`${process} ${i}`)], how(`${process} ${i}`))),
        ),
      );
      expect(tried.filter((excess) => excess === null)).toHaveLength(LIMITS.perCase);
    });
  });
}
