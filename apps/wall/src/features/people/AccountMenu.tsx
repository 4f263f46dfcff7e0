import type { PersonName } from '@clerestory/protocol';
import { CircleUser, KeyRound, Lock, LogOut, ShieldCheck, Users } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { lazy, Suspense, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds, refreshSession } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { overlayHost } from '../../ui/OverlayHost.tsx';
import { roleWords } from './role-words.ts';
import { SwitchByPin } from './SwitchByPin.tsx';
import './people.css';

const MySignIn = lazy(() => import('./MySignIn.tsx').then((m) => ({ default: m.MySignIn })));

/** Who is signed in here, and everything that is theirs to do about it. */
export function AccountMenu() {
  const who = useSession((state) => state.who);
  const [open, setOpen] = useState(false);
  const [switching, setSwitching] = useState<PersonName | null>(null);
  const me = who?.me;
  if (!me) return null;
  const others = who.switchable.filter(({ id }) => id !== me.id);
  const roles = me.roles.map((role) => roleWords[role]).join(', ') || 'no role';
  const after = (done: Promise<unknown>) => void done.then(refreshSession);
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <Button kind="quiet" aria-label={`Signed in as ${me.name}`} data-account={me.login}>
            <CircleUser aria-hidden="true" />
            <span className="cut">{me.name}</span>
          </Button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal container={overlayHost()}>
          <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
            <DropdownMenu.Label className="menu-label">
              {me.login}, {roles}
            </DropdownMenu.Label>
            {others.map((person) => (
              <DropdownMenu.Item key={person.id} className="menu-item" onSelect={() => setSwitching(person)}>
                <Users aria-hidden="true" />
                Hand over to {person.name}
              </DropdownMenu.Item>
            ))}
            <DropdownMenu.Item className="menu-item" onSelect={() => after(callRoute('lockSession', {}))}>
              <Lock aria-hidden="true" />
              Lock
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={() => setOpen(true)}>
              <KeyRound aria-hidden="true" />
              Your sign-in
            </DropdownMenu.Item>
            {holds(who, 'administrator', 'auditor', 'supervisor', 'investigator') && (
              <DropdownMenu.Item className="menu-item" asChild>
                <a href="/admin">
                  <ShieldCheck aria-hidden="true" />
                  Administration
                </a>
              </DropdownMenu.Item>
            )}
            <DropdownMenu.Separator className="menu-line" />
            <DropdownMenu.Item className="menu-item" onSelect={() => after(callRoute('signOut', {}))}>
              <LogOut aria-hidden="true" />
              Sign out
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {open && (
        <Suspense fallback={null}>
          <MySignIn onClose={() => setOpen(false)} />
        </Suspense>
      )}
      {switching && (
        <Dialog title={`Hand over to ${switching.name}`} size="s" onClose={() => setSwitching(null)}>
          <div className="dialog-body">
            <SwitchByPin
              person={switching}
              onBack={() => setSwitching(null)}
              onDone={() => setSwitching(null)}
            />
          </div>
        </Dialog>
      )}
    </>
  );
}
