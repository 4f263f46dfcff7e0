import type { Camera } from '@clerestory/protocol';
import { useEffect, useMemo, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { useConsole } from '../../state/use-console.ts';
import { useSettings } from '../../state/use-settings.ts';
import { useWall } from '../../state/use-wall.ts';
import { findCameras, linesOf, type TreeLine } from './find.ts';

/** Camera → names of its groups, read when the tree is first grouped by them. */
function useGroups(wanted: boolean): ReadonlyMap<string, readonly string[]> {
  const [groups, setGroups] = useState<ReadonlyMap<string, readonly string[]>>(new Map());
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    void callRoute('listMyCameraGroups', {}).then((answer) => {
      if (gone || !answer.ok) return;
      const found = new Map<string, string[]>();
      for (const { name, cameras } of answer.value.items)
        for (const camera of cameras) found.set(camera, [...(found.get(camera) ?? []), name]);
      setGroups(found);
    });
    return () => {
      gone = true;
    };
  }, [wanted]);
  return groups;
}

export interface Tree {
  /** All there are, in the order of their numbers. */
  all: readonly Camera[];
  lines: readonly TreeLine[];
  /** How many cameras fit, each once. */
  count: number;
  toggle(group: string): void;
}

/** What the camera list shows: searched, filtered, grouped. */
export function useTree(): Tree {
  const cameras = useWall((state) => state.cameras);
  const { query, filter: state, favourites } = useConsole((console) => console);
  // Only a filter looks at health; without one a change of health draws its own row alone.
  const health = useWall((wall) => (state === 'all' ? null : wall.health));
  const by = useSettings((settings) => settings.by);
  const kept = useSettings((settings) => settings.favourites);
  const groupsOf = useGroups(by === 'group');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const all = useMemo(() => Object.values(cameras).sort((a, b) => a.number - b.number), [cameras]);
  const only = useMemo(() => (favourites ? new Set(kept) : null), [favourites, kept]);
  const groups = useMemo(
    () => findCameras(all, health ?? {}, { query, state, by, only, groupsOf }),
    [all, health, query, state, by, only, groupsOf],
  );
  // What is searched for is shown, whatever was closed.
  const lines = useMemo(() => linesOf(groups, query === '' ? closed : new Set()), [groups, closed, query]);
  const count = useMemo(
    () => new Set(groups.flatMap((group) => group.cameras.map(({ id }) => id))).size,
    [groups],
  );
  return {
    all,
    lines,
    count,
    toggle: (group) =>
      setClosed((before) => {
        const next = new Set(before);
        if (!next.delete(group)) next.add(group);
        return next;
      }),
  };
}
