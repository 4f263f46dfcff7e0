import type { Count, Counts, Report } from '@clerestory/public-log';
import { nameOf } from './report-names.ts';
import { words, type Language } from './report-words.ts';

const escape = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The style of the public pages: a file, since the policy of the server allows none in a page. */
export const reportCss = `
:root { color-scheme: light dark; --text: #16191d; --dim: #4f5964; --line: #d5dae0; --bar: #2f6fb3; --back: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #e8ebee; --dim: #a3adb8; --line: #343b43; --bar: #6aa5e3; --back: #14171a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 44rem; padding: 1.25rem; font: 1.05rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; color: var(--dim); font-weight: 500; }
a { color: var(--bar); } nav { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; }
.big { font-size: 2.4rem; font-weight: 650; line-height: 1.1; margin: .2rem 0; } .dim { color: var(--dim); }
table { width: 100%; border-collapse: collapse; } td, th { padding: .35rem 0; border-bottom: 1px solid var(--line); text-align: left; font-weight: 400; }
td:last-child { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 100%; height: .5rem; } pre { overflow-x: auto; padding: .8rem; border: 1px solid var(--line); border-radius: .4rem; font-size: .85rem; }
dl { display: grid; grid-template-columns: 1fr auto; gap: .35rem 1rem; margin: 0; } dt { border-bottom: 1px solid var(--line); } dd { margin: 0; text-align: right; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
`;

interface Page {
  language: Language;
  report: Report;
  months: readonly string[];
}

const addressOf = (at: string, language: Language, month?: string) =>
  `${at}?lang=${language}${month === undefined || month === 'all' ? '' : `&amp;month=${month}`}`;

function frame(language: Language, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title><link rel="stylesheet" href="/log/report.css"></head><body>${body}</body></html>`;
}

function table(counts: Counts, language: Language, of: Parameters<typeof nameOf>[1]): string {
  const text = words[language];
  const rows = Object.entries(counts)
    .sort(([, a], [, b]) => (b ?? 0) - (a ?? 0))
    .map(
      ([name, count]) =>
        `<tr><th scope="row">${escape(nameOf(language, of, name))}</th><td>${said(count, language)}</td></tr>`,
    );
  return `<h3>${escape(text[of])}</h3>${rows.length === 0 ? `<p class="dim">${text.none}</p>` : `<table>${rows.join('')}</table>`}`;
}

const said = (count: Count, language: Language): string =>
  count === null ? `<span class="dim">${words[language].few}</span>` : count.toLocaleString(language);

/** The numbers, for everybody. No script; phone first. */
export function reportPage({ language, report, months }: Page): string {
  const text = words[language];
  const { accesses, views, cameras } = report;
  const other: Language = language === 'en' ? 'es' : 'en';
  const monthLinks = ['all', ...months.toReversed()].map((month) =>
    month === report.month
      ? `<strong>${month === 'all' ? text.all : month}</strong>`
      : `<a href="${addressOf('/log/report', language, month)}">${month === 'all' ? text.all : month}</a>`,
  );
  const facts: [string, string][] = [
    [text.views, said(views.total, language)],
    [
      text.median,
      views.medianSeconds === null ? '–' : `${views.medianSeconds.toLocaleString(language)} ${text.seconds}`,
    ],
    [text.refused, said(report.refused, language)],
    [text.ownIncident, said(report.ownIncident, language)],
    [text.overrides, said(report.overrides, language)],
    [text.notices, said(report.notices, language)],
  ];
  const uptime = cameras?.uptimePercent ?? null;
  return frame(
    language,
    text.title,
    `<nav><a href="${addressOf('/log/report', other, report.month)}" lang="${other}">${text.other}</a><a href="${addressOf('/log/how-to-check', language)}">${text.check}</a></nav>
<h1>${text.title}</h1>
<p>${text.lead} <a href="/log/checkpoint">${report.size.toLocaleString(language)} ${text.entries}</a>.</p>
<nav aria-label="${text.month}">${monthLinks.join(' ')}</nav>
<h2>${text.accesses}</h2><p class="big">${said(accesses.total, language)}</p>
${table(accesses.purpose, language, 'purpose')}${table(accesses.placeKind, language, 'placeKind')}${table(accesses.district, language, 'district')}
<h2>${text.views}</h2><dl>${facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${value}</dd>`).join('')}</dl>
<h2>${text.footage}</h2>${table(report.footage, language, 'purpose')}<p><a href="/portal/public">${text.footageList}</a></p>
<h2>${text.cameras}</h2>${
      cameras
        ? `${table(cameras.tiers, language, 'tier')}${table(cameras.states, language, 'state')}${uptime === null ? '' : `<h3>${text.uptime}</h3><p>${uptime.toLocaleString(language)} %</p>`}<p class="dim">${escape(cameras.day)}</p>`
        : `<p class="dim">${text.none}</p>`
    }
<p class="dim">${text.small}</p>
<p>${text.files}: <a href="/log/report.json?month=${report.month}">JSON</a>, <a href="/log/report.csv?month=${report.month}">CSV</a></p>`,
  );
}

/** How anybody can check the numbers. */
export function checkPage(language: Language, at: { base: string; key: string }): string {
  const text = words[language];
  const other: Language = language === 'en' ? 'es' : 'en';
  return frame(
    language,
    text.check,
    `<nav><a href="${addressOf('/log/how-to-check', other)}" lang="${other}">${text.other}</a><a href="${addressOf('/log/report', language)}">${text.back}</a></nav>
<h1>${text.check}</h1><ol>${text.steps.map((step) => `<li>${escape(step)}</li>`).join('')}</ol>
<p>${text.checkpoint}: <a href="/log/checkpoint">/log/checkpoint</a></p><p>${text.key}: <a href="/log/key">/log/key</a></p>
<p>${text.commands}</p><pre>npm run -s verify -- log ${escape(at.base)}/log --key ${escape(at.key)}
npm run -s verify -- report ${escape(at.base)}/log/report.json --log ${escape(at.base)}/log --key ${escape(at.key)}</pre>`,
  );
}
