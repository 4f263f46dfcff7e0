import type { FleetReport, Outage, Problem, HealthState } from '@clerestory/protocol';
import { CircleCheck, CloudOff, Download, LoaderCircle, TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { AccountMenu } from '../../features/people/AccountMenu.tsx';
import { LockCover } from '../../features/people/LockCover.tsx';
import { CameraTable, type CameraLine } from '../../features/fleet/CameraTable.tsx';
import { availabilityOf, camerasCsv, outagesCsv, percent, screensCsv } from '../../features/fleet/csv.ts';
import { ScreenNotices, ScreenOutages, Screens } from '../../features/fleet/ScreenHealth.tsx';
import { lengthWords, momentWords, nextStep } from '../../features/fleet/words.ts';
import { saveFile } from '../../features/tiles/snapshot.ts';
import { callRoute } from '../../state/call-route.ts';
import { refreshSession } from '../../state/session.ts';
import { wallStore } from '../../state/store.ts';
import { useWall } from '../../state/use-wall.ts';
import { startSync } from '../../sync/index.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { countHealth, healthOrder } from '../../ui/health-words.ts';
import { OverlayHost } from '../../ui/OverlayHost.tsx';
import { healthWords } from '../../ui/StateChip.tsx';
import { shortTime } from '../../ui/time.ts';
import { Toasts } from '../../ui/Toasts.tsx';
import { TooltipProvider } from '../../ui/Tooltip.tsx';
import './fleet.css';

const TrendChart = lazy(() =>
  import('../../features/fleet/TrendChart.tsx').then((m) => ({ default: m.TrendChart })),
);

const periods = [
  [24, 'a day'],
  [24 * 7, 'a week'],
  [24 * 31, 'a month'],
] as const;
/** The report is asked for again this often; states are pushed meanwhile. */
const againMs = 15_000;

// States come live, as at a console.
startSync({ surface: 'console' });
wallStore.subscribe(({ link }, before) => {
  if (link !== before.link && link.state === 'refused' && link.code === 'unauthenticated')
    void refreshSession();
});

function useReport(hours: number): { report: FleetReport | null; fault: Problem | null } {
  const [told, setTold] = useState<{ report: FleetReport | null; fault: Problem | null }>({
    report: null,
    fault: null,
  });
  useEffect(() => {
    let gone = false;
    const ask = async () => {
      const answer = await callRoute('getFleet', { query: { hours: String(hours) } }, { timeoutMs: 60_000 });
      if (gone) return;
      setTold(({ report }) =>
        answer.ok ? { report: answer.value, fault: null } : { report, fault: answer.problem },
      );
    };
    void ask();
    const timer = setInterval(() => void ask(), againMs);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [hours]);
  return told;
}

const save = (name: string, text: string) =>
  // The mark tells spreadsheets that it is UTF-8.
  saveFile(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' }), name);

function Names({ outage }: { outage: Outage }) {
  const cameras = useWall((state) => state.cameras);
  const names = outage.cameras.map((id) => {
    const camera = cameras[id];
    return camera ? `${camera.number} ${camera.name}` : id;
  });
  const shown = names.slice(0, 4).join(', ');
  return (
    <span title={names.join('\n')}>
      {shown}
      {names.length > 4 && ` and ${names.length - 4} more`}
    </span>
  );
}

function Notices({ report }: { report: FleetReport }) {
  const { notices, until } = report;
  return (
    <section className="fleet-card" aria-labelledby="fleet-notices">
      <h2 id="fleet-notices">Now</h2>
      {notices.length + report.screenNotices.length === 0 ? (
        <p className="fleet-fine">
          <CircleCheck aria-hidden="true" />
          No camera that somebody watches has been without pictures for longer than a minute, and no screen
          that was shown is away.
        </p>
      ) : (
        <ul className="fleet-notices">
          {notices.map((one) => (
            <li key={one.id} data-notice={one.cause.kind}>
              <TriangleAlert aria-hidden="true" />
              <div>
                <p>
                  <b>{one.cause.words}</b> · <Names outage={one} />
                </p>
                <p>
                  Since {momentWords(one.from, until)}. {one.reason}.
                </p>
                <p className="dim">{nextStep(one)}</p>
              </div>
            </li>
          ))}
          <ScreenNotices report={report} />
        </ul>
      )}
    </section>
  );
}

function Outages({ report }: { report: FleetReport }) {
  const { outages, until } = report;
  return (
    <section className="fleet-card fleet-wide" aria-labelledby="fleet-outages">
      <h2 id="fleet-outages">Outages</h2>
      {outages.length === 0 ? (
        <p className="dim">None in this time.</p>
      ) : (
        <table className="fleet-plain">
          <thead>
            <tr>
              <th scope="col">Began</th>
              <th scope="col">Lasted</th>
              <th scope="col">Likely cause</th>
              <th scope="col">Cameras</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {outages.slice(0, 30).map((one) => (
              <tr key={one.id} data-outage={one.cause.kind}>
                <td>{momentWords(one.from, until)}</td>
                <td>
                  {lengthWords(one, until)}
                  {one.until === null && ', goes on'}
                </td>
                <td>{one.cause.words}</td>
                <td>
                  <Names outage={one} />
                </td>
                <td>{one.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {outages.length > 30 && <p className="dim">{outages.length - 30} more are in the export.</p>}
    </section>
  );
}

function Sites({ report }: { report: FleetReport }) {
  const sites = report.sites.filter((one) => one.downMs > 0 || one.down > 0).slice(0, 8);
  return (
    <section className="fleet-card" aria-labelledby="fleet-sites">
      <h2 id="fleet-sites">Worst sites</h2>
      {sites.length === 0 ? (
        <p className="dim">No site had an outage in this time.</p>
      ) : (
        <ul className="fleet-sites">
          {sites.map((one) => (
            <li key={one.site}>
              <span className="cut">{one.site}</span>
              <meter
                min={0}
                max={1}
                value={availabilityOf(one) ?? 0}
                aria-label={`${one.site}: ${percent(availabilityOf(one))} available`}
              />
              <span className="fleet-number">{percent(availabilityOf(one))}</span>
              <span className="dim">
                {one.down > 0 ? `${one.down} of ${one.cameras} down` : `${one.cameras} cameras`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Worst first: down, flapping, then by availability; what nobody knows of comes last. */
const badness = ({ row, health }: CameraLine): number => {
  const state = health?.state ?? 'idle';
  const down = state === 'offline' || state === 'unauthorized' || state === 'unsupported';
  return (down ? 0 : row.isFlapping ? 1 : state === 'degraded' ? 2 : 3) + (availabilityOf(row) ?? 1.5) / 2;
};

function Cameras({ report }: { report: FleetReport }) {
  const cameras = useWall((state) => state.cameras);
  const health = useWall((state) => state.health);
  const [only, setOnly] = useState<HealthState | null>(null);
  const lines = useMemo(
    () =>
      report.cameras
        .map((row): CameraLine => ({ row, camera: cameras[row.camera], health: health[row.camera] }))
        .filter((line) => only === null || (line.health?.state ?? 'idle') === only)
        .sort((a, b) => badness(a) - badness(b) || (a.camera?.number ?? 0) - (b.camera?.number ?? 0)),
    [report, cameras, health, only],
  );
  const counts = countHealth(
    report.cameras.map(({ camera }) => ({ id: camera })),
    health,
  );
  return (
    <section className="fleet-card fleet-wide fleet-cameras" aria-labelledby="fleet-cameras">
      <h2 id="fleet-cameras">Cameras</h2>
      <div className="filters" role="group" aria-label="Filter by state">
        <button type="button" className="filter" aria-pressed={only === null} onClick={() => setOnly(null)}>
          all <b>{report.cameras.length}</b>
        </button>
        {healthOrder
          .filter((state) => counts[state] > 0 || state === only)
          .map((state) => (
            <button
              key={state}
              type="button"
              className="filter"
              data-tone={healthWords[state].tone}
              aria-pressed={only === state}
              onClick={() => setOnly(only === state ? null : state)}
            >
              {healthWords[state].word} <b>{counts[state]}</b>
            </button>
          ))}
      </div>
      {lines.length === 0 ? (
        <p className="dim">No camera is in this state.</p>
      ) : (
        <CameraTable lines={lines} nowMs={report.until} />
      )}
    </section>
  );
}

/** The health of cameras and screens, for people, at `/fleet`. */
export function Fleet() {
  const [hours, setHours] = useState<number>(24);
  const { report, fault } = useReport(hours);
  const cameras = useWall((state) => state.cameras);
  const health = useWall((state) => state.health);
  useEffect(() => {
    document.title = 'Health · Clerestory';
  }, []);
  const day = new Date(report?.until ?? 0).toISOString().slice(0, 10);
  return (
    <TooltipProvider>
      <div className="fleet">
        <header className="admin-bar fleet-bar">
          <a className="button admin-back" data-kind="quiet" href="/">
            ← Console
          </a>
          <h1>Health of cameras and screens</h1>
          <div className="fleet-periods" role="radiogroup" aria-label="Over">
            {periods.map(([value, name]) => (
              <Button
                key={value}
                role="radio"
                kind={value === hours ? 'plain' : 'quiet'}
                aria-checked={value === hours}
                onClick={() => setHours(value)}
              >
                {name}
              </Button>
            ))}
          </div>
          <AccountMenu />
        </header>
        {fault && (
          <p className="fleet-fault" role="alert">
            {report ? `As it was at ${shortTime(report.until)}. ` : ''}
            {fault.title}. {fault.detail}
          </p>
        )}
        <main className="fleet-main">
          {!report ? (
            <EmptyState
              icon={fault ? <CloudOff aria-hidden="true" /> : <LoaderCircle aria-hidden="true" />}
              title={fault ? 'There is no report' : 'Counting'}
            >
              {fault ? 'This page asks again by itself.' : 'The server adds up what it has seen.'}
            </EmptyState>
          ) : (
            <>
              <section className="fleet-card fleet-total" aria-labelledby="fleet-total">
                <h2 id="fleet-total">Available</h2>
                <p className="fleet-big">
                  {availabilityOf(report.total) === null
                    ? 'Not known yet'
                    : percent(availabilityOf(report.total))}
                </p>
                <p className="dim">
                  of the time in which somebody watched and the server ran. Of{' '}
                  {percent(
                    report.total.unknownMs /
                      Math.max(1, report.total.upMs + report.total.downMs + report.total.unknownMs),
                    0,
                  )}{' '}
                  of the time nothing is known.
                </p>
                <Suspense fallback={null}>
                  <TrendChart of="Cameras" trend={report.trend} from={report.from} until={report.until} />
                </Suspense>
              </section>
              <div className="fleet-side">
                <Notices report={report} />
                <Sites report={report} />
              </div>
              <Cameras report={report} />
              <Screens report={report} />
              <section className="fleet-card fleet-wide" aria-labelledby="fleet-export">
                <h2 id="fleet-export">Export</h2>
                <p className="dim">As tables for a spreadsheet (CSV), of the time chosen above.</p>
                <div className="fleet-exports">
                  <Button onClick={() => save(`cameras-${day}.csv`, camerasCsv(report, cameras, health))}>
                    <Download aria-hidden="true" />
                    Cameras
                  </Button>
                  <Button onClick={() => save(`outages-${day}.csv`, outagesCsv(report, cameras))}>
                    <Download aria-hidden="true" />
                    Outages
                  </Button>
                  <Button onClick={() => save(`screens-${day}.csv`, screensCsv(report))}>
                    <Download aria-hidden="true" />
                    Screens
                  </Button>
                </div>
              </section>
              <Outages report={report} />
              <ScreenOutages report={report} />
            </>
          )}
        </main>
        <OverlayHost />
      </div>
      <LockCover />
      <Toasts />
    </TooltipProvider>
  );
}
