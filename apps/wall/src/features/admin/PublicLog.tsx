import { useCallback } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { dayAndTime } from '../../ui/time.ts';
import { Section, Table } from './Section.tsx';
import { useAsked } from './use-asked.ts';

const timeOf = (ms: number | null | undefined) => (ms ? dayAndTime(ms) : 'never');

/** How the log that outsiders can check is doing. */
export function PublicLog() {
  const { value, problem } = useAsked(useCallback(() => callRoute('getLogStatus', {}), []));
  return (
    <Section
      title="Public log"
      text="Every entry of the record is a leaf of a log that anybody can check, without learning who or which camera."
      problem={problem}
    >
      {value?.halted && (
        <p className="field-fault" role="alert">
          The log is not signed any more. {value.halted}
        </p>
      )}
      {value && (
        <>
          <dl className="audit-facts">
            <dt>Name</dt>
            <dd>{value.origin}</dd>
            <dt>Key</dt>
            <dd className="audit-key">{value.key ?? 'missing'}</dd>
            <dt>Last checkpoint</dt>
            <dd>
              {value.checkpoint
                ? `${value.checkpoint.size} entries, signed ${timeOf(value.checkpoint.at)}`
                : 'none yet'}
            </dd>
            <dt>Kept in</dt>
            <dd>
              {value.folder}
              {value.folderFault && (
                <p className="field-fault" role="alert">
                  {value.folderFault}
                </p>
              )}
            </dd>
            <dt>For everybody</dt>
            <dd>
              <a href="/log/checkpoint">/log/checkpoint</a>, <a href="/log/key">/log/key</a>
            </dd>
          </dl>
          <Table
            head={['Witness', 'Has signed', 'When', 'Now']}
            empty={
              value.witnesses.length === 0
                ? 'No witness yet. Name one in CLERESTORY_WITNESSES: a log without a witness is only as honest as its own machine.'
                : null
            }
          >
            {value.witnesses.map((witness) => (
              <tr key={witness.url}>
                <td title={witness.url}>{witness.name}</td>
                <td>{witness.size}</td>
                <td>{timeOf(witness.at)}</td>
                <td className={witness.fault ? 'field-fault' : 'dim'}>{witness.fault ?? 'in order'}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </Section>
  );
}
