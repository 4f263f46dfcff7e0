import type { SavedFilter, TreeGrouping } from '@clerestory/protocol';
import { BookmarkPlus, ChevronDown, Star, X } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState, type FormEvent } from 'react';
import { useActions } from '../../commands/use-actions.ts';
import { changeSettings } from '../../state/console-settings.ts';
import { useConsole } from '../../state/use-console.ts';
import { useSettings } from '../../state/use-settings.ts';
import { Button } from '../../ui/Button.tsx';
import { overlayHost } from '../../ui/OverlayHost.tsx';

const groupings: Record<TreeGrouping, string> = {
  neighbourhood: 'Neighbourhood',
  site: 'Site',
  group: 'Camera group',
  tag: 'Tag',
};

/** By what the list is grouped, favourites, and the searches one keeps. */
export function TreeBar() {
  const actions = useActions();
  const by = useSettings((settings) => settings.by);
  const filters = useSettings((settings) => settings.filters);
  const { query, filter: state, favourites } = useConsole((console) => console);
  const [naming, setNaming] = useState(false);
  const use = (one: SavedFilter) => {
    actions.set({ query: one.query, filter: one.state, favourites: one.favourites });
    if (one.by !== by) void changeSettings({ by: one.by }, actions.say);
  };
  const isOn = (one: SavedFilter) =>
    one.query === query && one.state === state && one.by === by && one.favourites === favourites;
  const keep = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (name === '') return;
    const made: SavedFilter = { name, query, state, by, favourites };
    void changeSettings({ filters: [...filters.filter((one) => one.name !== name), made] }, actions.say);
    setNaming(false);
  };
  const remove = (name: string) =>
    void changeSettings({ filters: filters.filter((one) => one.name !== name) }, actions.say);
  const canKeep = query !== '' || state !== 'all' || favourites;
  return (
    <div className="tree-bar">
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <Button kind="quiet" className="tree-by">
            By {groupings[by].toLowerCase()}
            <ChevronDown aria-hidden="true" />
          </Button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal container={overlayHost()}>
          <DropdownMenu.Content className="menu" align="start" sideOffset={6}>
            <DropdownMenu.RadioGroup
              value={by}
              onValueChange={(next) => void changeSettings({ by: next as TreeGrouping }, actions.say)}
            >
              {Object.entries(groupings).map(([id, name]) => (
                <DropdownMenu.RadioItem key={id} value={id} className="menu-item menu-radio">
                  {name}
                </DropdownMenu.RadioItem>
              ))}
            </DropdownMenu.RadioGroup>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <button
        type="button"
        className="filter"
        aria-pressed={favourites}
        onClick={() => actions.set({ favourites: !favourites })}
      >
        <Star aria-hidden="true" /> favourites
      </button>
      {canKeep && !naming && !filters.some(isOn) && (
        <button type="button" className="filter" onClick={() => setNaming(true)}>
          <BookmarkPlus aria-hidden="true" /> keep this search
        </button>
      )}
      {naming && (
        <form className="tree-name" onSubmit={keep}>
          <input
            name="name"
            className="field-input"
            aria-label="Name of the search"
            placeholder="Its name, then Enter"
            maxLength={80}
            autoFocus
            autoComplete="off"
            onKeyDown={(event) => event.key === 'Escape' && setNaming(false)}
            onBlur={() => setNaming(false)}
          />
        </form>
      )}
      {filters.map((one) => (
        <span key={one.name} className="tree-kept">
          <button type="button" className="filter" aria-pressed={isOn(one)} onClick={() => use(one)}>
            {one.name}
          </button>
          {isOn(one) && (
            <button
              type="button"
              className="filter"
              aria-label={`Forget the search ${one.name}`}
              onClick={() => remove(one.name)}
            >
              <X aria-hidden="true" />
            </button>
          )}
        </span>
      ))}
    </div>
  );
}
