import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { CameraRow } from './CameraRow.tsx';
import { keyOfLine, type TreeLine } from './find.ts';

/** Heights in rem, as the style sheet has them: a list of ten thousand is not measured. */
const rowRem = 2.9;
const groupRem = 1.75;
/** Lines drawn beyond what is seen. */
const beyond = 8;

const remPx = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

/** The lines that are in sight, however many there are. */
export function CameraList({
  id,
  lines,
  active,
  chosen,
  onUse,
  onToggle,
  onKeyDown,
}: {
  id: string;
  lines: readonly TreeLine[];
  /** Key of the line that the keyboard is on. */
  active: string | null;
  /** The camera whose details are shown. */
  chosen: string | null;
  onUse: (camera: string) => void;
  onToggle: (group: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const heights = { camera: rowRem * remPx(), group: groupRem * remPx() };
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions change with each scroll; they stay in here
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: (at) => heights[lines[at]?.kind ?? 'camera'],
    getItemKey: (at) => {
      const line = lines[at];
      return line === undefined ? at : keyOfLine(line);
    },
    overscan: beyond,
  });
  useEffect(() => virtual.measure(), [virtual, lines, heights.camera]);
  useEffect(() => {
    const at = lines.findIndex((line) =>
      active === null ? line.kind === 'camera' && line.camera.id === chosen : keyOfLine(line) === active,
    );
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
    // What is shown may change without the choice: then nobody wants to be taken elsewhere.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active, chosen]);
  return (
    <div
      ref={box}
      id={id}
      role="listbox"
      tabIndex={0}
      aria-label="Cameras"
      aria-activedescendant={active === null ? undefined : lineId(active)}
      className="camera-list"
      data-lines={lines.length}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className="camera-space" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start, size }) => {
          const line = lines[index];
          if (!line) return null;
          const style = { transform: `translateY(${start}px)`, height: size };
          if (line.kind === 'group')
            return (
              <div
                key={key}
                id={lineId(keyOfLine(line))}
                role="option"
                aria-selected={false}
                aria-posinset={index + 1}
                aria-setsize={lines.length}
                className="camera-group"
                data-active={keyOfLine(line) === active || undefined}
                style={style}
                data-group={line.name}
                onClick={() => onToggle(line.name)}
              >
                {line.isClosed ? <ChevronRight aria-hidden="true" /> : <ChevronDown aria-hidden="true" />}
                <span className="cut">{line.name}</span>
                <span>{line.count}</span>
                <span className="visually-hidden">cameras, {line.isClosed ? 'closed' : 'open'}</span>
              </div>
            );
          return (
            <CameraRow
              key={key}
              id={lineId(line.key)}
              style={style}
              camera={line.camera}
              position={index + 1}
              count={lines.length}
              active={line.key === active}
              chosen={line.camera.id === chosen}
              onUse={onUse}
            />
          );
        })}
      </div>
    </div>
  );
}

export const lineId = (key: string): string => `camera-row-${key.replaceAll(/[^A-Za-z0-9-]/g, '_')}`;
