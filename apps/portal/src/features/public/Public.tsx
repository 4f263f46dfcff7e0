import { useWords } from '../../words/index.tsx';

/** Pages for everybody, without signing in. `parts`: what follows `/portal/public/` in the address. */
export function Public({ parts: _parts }: { parts: string[] }) {
  const words = useWords();
  return <h1>{words.nav.report}</h1>;
}
