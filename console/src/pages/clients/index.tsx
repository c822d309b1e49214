import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { Page, Section } from '../../parts/page.js';
import { useSession } from '../../parts/session.js';
import { useUrl } from '../../parts/url.js';
import { useWords } from '../../words.js';
import { ClientTable } from './client-table.js';
import { EventTable } from './event-table.js';
import { KeyList } from './key-list.js';
import { NameDialog } from './name-dialog.js';
import { CLIENTS } from './words.js';

/** Application systems, what happened to them, and the gateway's public keys. */
export default function ClientsPage() {
  const say = useWords(CLIENTS);
  const url = useUrl();
  const { may } = useSession();
  const [registering, setRegistering] = useState(false);
  const list = url.one('list', ['events', 'keys']) ?? 'clients';
  return (
    <Page
      title={say('title')}
      about={say('about')}
      actions={
        <>
          <Segmented
            value={list}
            options={[
              { value: 'clients', label: say('list') },
              ...(may('Query.clientEvents') ? [{ value: 'events', label: say('events') }] : []),
              ...(may('Query.publicKeys') ? [{ value: 'keys', label: say('keys') }] : []),
            ]}
            onChange={(value) => url.set({ list: value === 'clients' ? null : value, sort: null, direction: null })}
          />
          {may('Mutation.registerClient') && (
            <Button type="primary" onClick={() => setRegistering(true)}>
              {say('register')}
            </Button>
          )}
        </>
      }
    >
      <Section flush>{list === 'events' ? <EventTable /> : list === 'keys' ? <KeyList /> : <ClientTable />}</Section>
      <NameDialog of={registering ? 'NEW' : null} onClose={() => setRegistering(false)} />
    </Page>
  );
}
