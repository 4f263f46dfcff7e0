import { SignpostBig } from 'lucide-react';
import { EmptyState } from '../../ui/EmptyState.tsx';

export function NoSuchPage({ path }: { path: string }) {
  return (
    <main style={{ height: '100%' }}>
      <EmptyState
        icon={<SignpostBig aria-hidden="true" />}
        title="There is no such page"
        action={
          <a className="button" href="/">
            Open the console
          </a>
        }
      >
        <p>
          Nothing is shown at <strong>{path}</strong>. The console is at <strong>/</strong>, and each screen
          of the wall at <strong>/screen/</strong> followed by its id, which the console shows.
        </p>
      </EmptyState>
    </main>
  );
}
