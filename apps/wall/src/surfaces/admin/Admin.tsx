import type { Role } from '@clerestory/protocol';
import { useEffect, useState, type ComponentType } from 'react';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { TooltipProvider } from '../../ui/Tooltip.tsx';
import { OverlayHost } from '../../ui/OverlayHost.tsx';
import { ShieldAlert } from 'lucide-react';
import { AccountMenu } from '../../features/people/AccountMenu.tsx';
import { LockCover } from '../../features/people/LockCover.tsx';
import { Audit } from '../../features/admin/Audit.tsx';
import { Feeds } from '../../features/admin/Feeds.tsx';
import { ImportCameras } from '../../features/admin/ImportCameras.tsx';
import { Owners } from '../../features/admin/Owners.tsx';
import { People } from '../../features/admin/People.tsx';
import { PrivateCameras } from '../../features/admin/PrivateCameras.tsx';
import { PublicLog } from '../../features/admin/PublicLog.tsx';
import { Providers } from '../../features/admin/Providers.tsx';
import { Record } from '../../features/admin/Record.tsx';
import { Rights } from '../../features/admin/Rights.tsx';
import { Samples } from '../../features/admin/Samples.tsx';
import { Sessions } from '../../features/admin/Sessions.tsx';
import { Screens } from '../../features/admin/Screens.tsx';
import { Footage } from '../../features/footage/Footage.tsx';
import '../../features/admin/admin.css';

interface Page {
  id: string;
  name: string;
  roles: readonly Role[];
  view: ComponentType;
}

/** Each page with the roles that may open it; the server decides again with each question. */
const pages: readonly Page[] = [
  { id: 'people', name: 'People', roles: ['administrator', 'auditor'], view: People },
  { id: 'rights', name: 'Camera groups and rights', roles: ['administrator', 'auditor'], view: Rights },
  {
    id: 'private',
    name: 'Private cameras',
    roles: ['administrator', 'auditor'],
    view: PrivateCameras,
  },
  { id: 'owners', name: 'Owners', roles: ['administrator'], view: Owners },
  { id: 'feeds', name: 'Feeds', roles: ['administrator', 'auditor'], view: Feeds },
  { id: 'import', name: 'Import cameras', roles: ['administrator'], view: ImportCameras },
  { id: 'screens', name: 'Screens', roles: ['supervisor', 'administrator', 'auditor'], view: Screens },
  {
    id: 'footage',
    name: 'Requests for footage',
    roles: ['investigator', 'supervisor', 'auditor'],
    view: Footage,
  },
  { id: 'sessions', name: 'Sessions', roles: ['administrator', 'auditor'], view: Sessions },
  { id: 'sign-in', name: 'Sign-in', roles: ['administrator', 'auditor'], view: Providers },
  { id: 'record', name: 'Record', roles: ['auditor'], view: Record },
  { id: 'audit', name: 'Audit', roles: ['auditor'], view: Audit },
  { id: 'samples', name: 'Samples', roles: ['auditor'], view: Samples },
  { id: 'log', name: 'Public log', roles: ['administrator', 'auditor'], view: PublicLog },
];

const idInHash = () => location.hash.slice(1);

/** The administration at `/admin`. */
export function Admin() {
  const who = useSession((state) => state.who);
  const [asked, setAsked] = useState(idInHash);
  useEffect(() => {
    const changed = () => setAsked(idInHash());
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const mine = pages.filter(({ roles }) => holds(who, ...roles));
  const page = mine.find(({ id }) => id === asked) ?? mine[0];
  useEffect(() => {
    document.title = page ? `${page.name} · Clerestory` : 'Clerestory';
  }, [page]);
  return (
    <TooltipProvider>
      <div className="admin">
        <header className="admin-bar">
          <a className="button admin-back" data-kind="quiet" href="/">
            ← Console
          </a>
          <AccountMenu />
        </header>
        <nav className="admin-nav" aria-label="Administration">
          {mine.map(({ id, name }) => (
            <a key={id} href={`#${id}`} aria-current={id === page?.id ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <main className="admin-main">
          {page ? (
            <page.view />
          ) : (
            <EmptyState icon={<ShieldAlert aria-hidden="true" />} title="Nothing here is yours to manage">
              <p>Ask an administrator for the role that you need.</p>
            </EmptyState>
          )}
        </main>
        <OverlayHost />
      </div>
      <LockCover />
    </TooltipProvider>
  );
}
