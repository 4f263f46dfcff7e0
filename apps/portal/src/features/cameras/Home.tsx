import { go, paths } from '../../route.ts';
import { Button } from '../../ui/Button.tsx';
import { useWords } from '../../words/index.tsx';

/** The owner's cameras. */
export function Home() {
  const words = useWords();
  return (
    <div className="stack">
      <h1>{words.home.title}</h1>
      <p>{words.home.none}</p>
      <Button look="main" onClick={() => go(paths.register)}>
        {words.home.register}
      </Button>
    </div>
  );
}
