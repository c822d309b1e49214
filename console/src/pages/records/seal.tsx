/** The seal state of the record (封存状态). */
import { Button, Table } from 'antd';
import { useState } from 'react';
import { Seals } from '../../api/generated.js';
import { Answer, Section } from '../../parts/page.js';
import { Status } from '../../parts/tags.js';
import { Instant, useNumber } from '../../parts/time.js';
import { useAsk } from '../../parts/use-ask.js';
import { useWords } from '../../words.js';
import { RECORDS } from './words.js';

/** Its chains, and their verification on demand. */
export function Seal() {
  const say = useWords(RECORDS);
  const number = useNumber();
  const [verify, setVerify] = useState(false);
  const answer = useAsk(Seals, { verify });
  return (
    <Section
      title={say('seal')}
      flush
      extra={
        <Button
          loading={verify && answer.isFetching}
          onClick={() => (verify ? void answer.refetch() : setVerify(true))}
        >
          {say('verify')}
        </Button>
      }
    >
      <Answer of={answer} rows={2}>
        {({ sealState }) => (
          <Table
            aria-label={say('seal')}
            size="small"
            dataSource={[...sealState]}
            rowKey="chain"
            pagination={false}
            columns={[
              { title: say('chain'), key: 'chain', render: (_, { chain }) => <span className="mz-code">{chain}</span> },
              {
                title: say('entries'),
                key: 'entries',
                align: 'right',
                className: 'mz-number',
                render: (_, s) => number(s.entries),
              },
              {
                title: say('sealed'),
                key: 'sealed',
                align: 'right',
                className: 'mz-number',
                render: (_, s) => number(s.sealed),
              },
              {
                title: say('verifiedAt'),
                key: 'verifiedAt',
                render: (_, { verifiedAt }) => (verifiedAt === null ? '' : <Instant at={verifiedAt} seconds />),
              },
              {
                title: say('state'),
                key: 'state',
                render: (_, { sound, faults }) =>
                  sound === null ? (
                    <Status tone="off">{say('notVerified')}</Status>
                  ) : sound && faults.length === 0 ? (
                    <Status tone="good">{say('sound')}</Status>
                  ) : (
                    <span>
                      <Status tone="bad">{say('unsound')}</Status> {faults.join('; ')}
                    </span>
                  ),
              },
            ]}
          />
        )}
      </Answer>
    </Section>
  );
}
