import type { ReactNode } from 'react';
import { paths, usePath } from '../route.ts';
import { useSession } from '../state/session.tsx';
import { useSpoken } from '../words/index.tsx';
import { Link } from './Link.tsx';

/** Head and foot of every page. */
export function Frame({ children }: { children: ReactNode }) {
  const { words, language, speak } = useSpoken();
  const { known } = useSession();
  const path = usePath();
  const isIn = known.state === 'known' && known.me !== null;
  const item = (href: string, label: string) => (
    <li>
      <Link href={href} aria-current={path === href ? 'page' : undefined}>
        {label}
      </Link>
    </li>
  );
  const other = language === 'en' ? 'es' : 'en';
  return (
    <>
      <a className="skip" href="#page">
        {words.skip}
      </a>
      <header className="head">
        <Link href={paths.home} className="brand">
          <img src="/portal/favicon.svg" alt="" width="28" height="28" />
          {words.site}
        </Link>
        <button type="button" className="language" lang={other} onClick={() => speak(other)}>
          {words.otherLanguage}
        </button>
      </header>
      {isIn && (
        <nav className="nav" aria-label={words.nav.label}>
          <ul>
            {item(paths.home, words.nav.cameras)}
            {item(paths.requests, words.nav.requests)}
            {item(paths.settings, words.nav.settings)}
          </ul>
        </nav>
      )}
      <main id="page" className="page">
        {children}
      </main>
      <footer className="foot">
        <a href={`/log/report?lang=${language}`}>{words.nav.report}</a>
        <Link href={paths.public}>{words.requests.published.nav}</Link>
      </footer>
    </>
  );
}
