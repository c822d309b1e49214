/** The yearly audit of minors' data (未成年人信息年度审计). */
import { Button, Select, Table, type TableColumnType } from 'antd';
import { useMemo } from 'react';
import { ExportMinors, Minors, type MinorsQuery } from '../../api/generated.js';
import { useClientOptions, useMatterOptions, useNamesReady } from '../../parts/choices.js';
import { Failure } from '../../parts/failure.js';
import { fixedColumns } from '../../parts/list.js';
import { Answer, Nothing, Section } from '../../parts/page.js';
import { saveSigned } from '../../parts/save-file.js';
import { Codes } from '../../parts/tags.js';
import { dayOf, useNumber } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useWords } from '../../words.js';
import { RECORDS } from './words.js';

type Line = MinorsQuery['minorsReport']['lines'][number];

/** The report of a year, and its export. */
export function MinorsReport() {
  const say = useWords(RECORDS);
  const common = useWords(COMMON);
  const number = useNumber();
  const url = useUrl();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const named = useNamesReady();
  const now = useMemo(() => Number(dayOf(new Date()).slice(0, 4)), []);
  const year = url.count('year', now);
  const answer = useAsk(Minors, { year });
  const save = useChange(ExportMinors, say('signatureSaved'));
  const exportAs = (format: 'CSV' | 'JSON' | 'XLSX'): void =>
    save.mutate({ year, format }, { onSuccess: ({ exportMinorsReport }) => saveSigned(exportMinorsReport) });
  const columns: (TableColumnType<Line> & { readonly width: number })[] = [
    {
      title: `${common('client')} / ${common('matter')}`,
      key: 'client',
      width: 180,
      render: (_, { client, operator, matter }) => (
        <span className="mz-title-cell">
          <span>{client === null ? '' : clients.name(client)}</span>
          <span className="mz-quiet mz-wraps">{matter === null ? '' : matters.name(matter)}</span>
          <span className="mz-quiet">{operator}</span>
        </span>
      ),
    },
    {
      title: common('legalBasis'),
      key: 'basis',
      width: 290,
      render: (_, { legalBases }) => legalBases.join('；'),
    },
    {
      title: say('fields'),
      key: 'fields',
      width: 180,
      render: (_, { fields }) => <Codes of={fields.map(({ name }) => name)} most={2} />,
    },
    ...(['requests', 'minorsCount', 'under14', 'atNight'] as const).map((key) => ({
      title: say(key),
      key,
      width: 90,
      align: 'right' as const,
      className: 'mz-number',
      render: (_: unknown, line: Line) => number(key === 'minorsCount' ? line.minors : line[key]),
    })),
  ];
  return (
    <>
      <Section
        title={say('minors')}
        extra={
          <span className="mz-buttons">
            <Select
              aria-label={say('year')}
              value={year}
              options={[0, 1, 2, 3].map((back) => ({ value: now - back, label: String(now - back) }))}
              onChange={(value: number) => url.set({ year: value })}
            />
            {(['CSV', 'JSON', 'XLSX'] as const).map((format) => (
              <Button key={format} loading={save.isPending} onClick={() => exportAs(format)}>
                {format}
              </Button>
            ))}
          </span>
        }
      >
        {save.error !== null && <Failure error={save.error} />}
        <Answer of={answer} rows={3}>
          {({ minorsReport: { requests, minors, under14, refused, ageNotKnown, anomalies } }) => (
            <>
              <p>
                {say('minorsAbout', {
                  year,
                  count: number(requests),
                  minors: number(minors),
                  under14: number(under14),
                  refused: number(refused),
                  ageNotKnown: number(ageNotKnown),
                })}
              </p>
              <h3>{say('anomalies')}</h3>
              {anomalies.length === 0 ? (
                <p className="mz-quiet">{say('noAnomalies')}</p>
              ) : (
                <ul className="mz-lines">
                  {anomalies.map(({ kind, client, inWords }) => (
                    <li key={`${kind} ${client ?? ''} ${inWords}`}>{inWords}</li>
                  ))}
                </ul>
              )}
            </>
          )}
        </Answer>
      </Section>
      {/* Not before what stands above is there, which would move it. */}
      {answer.data !== undefined && named && (
        <Section flush>
          <Table
            aria-label={say('minors')}
            size="middle"
            {...fixedColumns(columns)}
            dataSource={[...answer.data.minorsReport.lines]}
            rowKey={(line) =>
              `${line.client ?? ''} ${line.operator ?? ''} ${line.matter ?? ''} ${line.legalBases.join()}`
            }
            pagination={{ pageSize: 50, hideOnSinglePage: true }}
            locale={{ emptyText: <Nothing /> }}
            columns={columns}
          />
        </Section>
      )}
    </>
  );
}
