import type { Camera, CameraHealth, FleetCamera } from '@clerestory/protocol';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { healthWords, StateChip } from '../../ui/StateChip.tsx';
import { availabilityOf, percent } from './csv.ts';
import { clockWords, momentWords } from './words.ts';

const rowRem = 2.6;
const remPx = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

export interface CameraLine {
  row: FleetCamera;
  camera: Camera | undefined;
  health: CameraHealth | undefined;
}

/** What is not as it should be, besides the state. */
function Oddities({ row: { isFlapping, flips, clockAheadMs } }: { row: FleetCamera }) {
  const clock = clockWords(clockAheadMs);
  return (
    <>
      {isFlapping && (
        <span className="chip" data-tone="warn" title={`${flips} changes in the last hour`}>
          flapping
        </span>
      )}
      {clock !== null && (
        <span
          className="chip"
          data-tone="warn"
          title="What it keeps and tells carries the wrong time. Switch NTP on in the camera."
        >
          {clock}
        </span>
      )}
    </>
  );
}

/** Every camera with how it did; only the lines in sight are drawn. */
export function CameraTable({ lines, nowMs }: { lines: readonly CameraLine[]; nowMs: number }) {
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions change with each scroll; they stay in here
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowRem * remPx(),
    overscan: 10,
  });
  return (
    <div className="fleet-table" role="table" aria-label="Cameras" aria-rowcount={lines.length + 1}>
      <div className="fleet-row fleet-head" role="row">
        {['Camera', 'State', 'Available', 'Not known', 'Outages', 'Down since'].map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
      </div>
      <div ref={box} className="fleet-lines" role="rowgroup" tabIndex={0} aria-label="Cameras, worst first">
        <div role="presentation" className="fleet-space" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, size }) => {
            const line = lines[index];
            if (!line) return null;
            const { row, camera, health } = line;
            const words = healthWords[health?.state ?? 'idle'];
            const wholeMs = row.upMs + row.downMs + row.unknownMs;
            return (
              <div
                key={row.camera}
                role="row"
                aria-rowindex={index + 2}
                className="fleet-row fleet-line"
                style={{ transform: `translateY(${start}px)`, height: size }}
                data-fleet-camera={row.camera}
              >
                <span role="cell" className="cut">
                  <b>{camera?.number}</b> {camera?.name ?? row.camera}{' '}
                  <span className="dim">{camera?.place}</span>
                </span>
                <span role="cell" className="cut" title={health?.reason}>
                  <StateChip words={words} /> <Oddities row={row} />
                  {words.tone !== 'quiet' && <span className="dim"> {health?.reason}</span>}
                </span>
                <span role="cell" className="fleet-number">
                  {percent(availabilityOf(row))}
                </span>
                <span role="cell" className="fleet-number dim">
                  {wholeMs === 0 ? '–' : percent(row.unknownMs / wholeMs, 0)}
                </span>
                <span role="cell" className="fleet-number">
                  {row.outages}
                </span>
                <span role="cell">{row.downSince === null ? '' : momentWords(row.downSince, nowMs)}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
