import type { FleetReport, FleetScreen, ScreenOutage } from '@clerestory/protocol';
import { TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { StateChip } from '../../ui/StateChip.tsx';
import { availabilityOf, percent } from './csv.ts';
import {
  awayWords,
  lengthWords,
  momentWords,
  neverShown,
  screenReason,
  screenStateWords,
  screenStates,
  screenStep,
} from './words.ts';

const TrendChart = lazy(() => import('./TrendChart.tsx').then((m) => ({ default: m.TrendChart })));

const namesOf = ({ screens }: ScreenOutage, report: FleetReport): string =>
  screens.map((id) => report.screens.find(({ screen }) => screen === id)?.name ?? id).join(', ');

/** Screens that have been away for longer than a minute. */
export function ScreenNotices({ report }: { report: FleetReport }) {
  return report.screenNotices.map((one) => (
    <li key={one.id} data-notice="screen">
      <TriangleAlert aria-hidden="true" />
      <div>
        <p>
          <b>
            {one.screens.length === 1 ? 'This screen alone' : `${one.screens.length} screens of one wall`}
          </b>{' '}
          · {namesOf(one, report)}
        </p>
        <p>
          Since {momentWords(one.from, report.until)}. {awayWords(one.why)}.
        </p>
        <p className="dim">{screenStep(one)}</p>
      </div>
    </li>
  ));
}

/** Worst first: away, flapping, with dark tiles; then by availability. */
const badness = (one: FleetScreen): number =>
  (one.state === 'away'
    ? one.lastSeenAt === null
      ? 3
      : 0
    : one.isFlapping
      ? 1
      : one.state === 'degraded'
        ? 2
        : 4) +
  (availabilityOf(one) ?? 1) / 2;

function Line({ one, report, walls }: { one: FleetScreen; report: FleetReport; walls: number }) {
  return (
    <tr data-fleet-screen={one.screen}>
      <td>
        <b>{one.name}</b> {walls > 1 && <span className="dim">{one.wall}</span>}
      </td>
      <td>
        <StateChip words={one.lastSeenAt === null ? neverShown : screenStateWords[one.state]} />{' '}
        {one.isFlapping && (
          <span className="chip" data-tone="warn" title={`${one.flips} changes in the last hour`}>
            flapping
          </span>
        )}{' '}
        <span className="dim">{screenReason(one)}</span>
      </td>
      <td className="fleet-number">{percent(availabilityOf(one))}</td>
      <td className="fleet-number">{one.outages}</td>
      <td>
        {one.awaySince === null || one.lastSeenAt === null ? '' : momentWords(one.awaySince, report.until)}
      </td>
      <td>{one.lastSeenAt === null ? 'never' : momentWords(one.lastSeenAt, report.until)}</td>
    </tr>
  );
}

const numbers = new Set(['Shown', 'Outages']);

/** Every screen with how it did, by state, and how all of them did over the time. */
export function Screens({ report }: { report: FleetReport }) {
  const [only, setOnly] = useState<FleetScreen['state'] | null>(null);
  const { screens, screenTotal, screenTrend, from, until } = report;
  const lines = screens
    .filter(({ state }) => only === null || state === only)
    .sort((a, b) => badness(a) - badness(b) || a.name.localeCompare(b.name));
  // A screen that nobody has opened yet is no alarm.
  const someLeft = screens.some((one) => one.state === 'away' && one.lastSeenAt !== null);
  const walls = new Set(screens.map(({ wall }) => wall)).size;
  return (
    <section className="fleet-card fleet-screens" aria-labelledby="fleet-screens">
      <div>
        <h2 id="fleet-screens">Screens</h2>
        <div className="filters" role="group" aria-label="Filter by state">
          <button type="button" className="filter" aria-pressed={only === null} onClick={() => setOnly(null)}>
            all <b>{screens.length}</b>
          </button>
          {screenStates.map((state) => {
            const count = screens.filter((one) => one.state === state).length;
            if (count === 0 && state !== only) return null;
            return (
              <button
                key={state}
                type="button"
                className="filter"
                data-tone={state === 'away' && !someLeft ? 'quiet' : screenStateWords[state].tone}
                aria-pressed={only === state}
                onClick={() => setOnly(only === state ? null : state)}
              >
                {screenStateWords[state].word} <b>{count}</b>
              </button>
            );
          })}
        </div>
        {lines.length === 0 ? (
          <p className="dim">
            {screens.length === 0 ? 'No wall has a screen yet.' : 'No screen is in this state.'}
          </p>
        ) : (
          <div className="fleet-scroll" tabIndex={0} role="region" aria-label="Screens, worst first">
            <table className="fleet-plain">
              <thead>
                <tr>
                  {['Screen', 'State', 'Shown', 'Outages', 'Away since', 'Last seen'].map((name) => (
                    <th key={name} scope="col" className={numbers.has(name) ? 'fleet-number' : undefined}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {lines.map((one) => (
                  <Line key={`${one.wall} ${one.screen}`} one={one} report={report} walls={walls} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      <div>
        <p className="fleet-big">
          {availabilityOf(screenTotal) === null ? 'Not known yet' : percent(availabilityOf(screenTotal))}
        </p>
        <p className="dim">of the time in which the server ran, screens that were ever shown were shown.</p>
        <Suspense fallback={null}>
          <TrendChart of="Screens" trend={screenTrend} from={from} until={until} />
        </Suspense>
      </div>
    </section>
  );
}

const mostShown = 30;

export function ScreenOutages({ report }: { report: FleetReport }) {
  const { screenOutages, until } = report;
  if (screenOutages.length === 0) return null;
  return (
    <section className="fleet-card fleet-wide" aria-labelledby="fleet-screen-outages">
      <h2 id="fleet-screen-outages">Screens that were away</h2>
      <table className="fleet-plain">
        <thead>
          <tr>
            {['Began', 'Lasted', 'Screens', 'Reason'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {screenOutages.slice(0, mostShown).map((one) => (
            <tr key={one.id} data-screen-outage={one.why ?? ''}>
              <td>{momentWords(one.from, until)}</td>
              <td>
                {lengthWords(one, until)}
                {one.until === null && ', goes on'}
              </td>
              <td>{namesOf(one, report)}</td>
              <td>{awayWords(one.why)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {screenOutages.length > mostShown && (
        <p className="dim">{screenOutages.length - mostShown} more in this time.</p>
      )}
    </section>
  );
}
