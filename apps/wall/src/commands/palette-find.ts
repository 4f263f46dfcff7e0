import type { Camera, LayoutId, Role, Screen } from '@clerestory/protocol';
import { layouts } from '@clerestory/layout';
import { matches, plain, wordsOf } from '../features/camera-tree/search-index.ts';
import type { ConsoleContext } from './context.ts';
import type { Command, Registry } from './registry.ts';

export type Found =
  /** `only`: who may, where whoever sits here may not. */
  | { kind: 'command'; command: Command<ConsoleContext>; can: boolean; only: Role | null }
  | { kind: 'camera'; camera: Camera }
  | { kind: 'screen'; screen: Screen; number: number }
  | { kind: 'layout'; layout: LayoutId; name: string };

/** Of each kind, so that one kind does not crowd the others out. */
const mostOfAKind = 12;

const askedFor: readonly Role[] = ['operator', 'supervisor', 'administrator'];

/** Whose affair it is, where another role could do it here and now. */
const onlyFor = (command: Command<ConsoleContext>, context: ConsoleContext): Role | null =>
  askedFor.find((role) => command.when({ ...context, roles: [role] })) ?? null;

/** Of what is typed for itself, in the registry's own order. */
function commandsFor(
  registry: Registry<ConsoleContext>,
  words: readonly string[],
  context: ConsoleContext,
): Found[] {
  const fits = ({ label, group, id }: Command<ConsoleContext>) => {
    const text = plain(`${label} ${group} ${id}`);
    return words.every((word) => text.includes(word));
  };
  return registry.commands
    .filter((command) => !command.keysShown && command.id !== 'palette.show' && fits(command))
    .map((command): Found => {
      const can = command.when(context);
      return { kind: 'command', command, can, only: can ? null : onlyFor(command, context) };
    })
    .sort((a, b) => Number('can' in b && b.can) - Number('can' in a && a.can));
}

/** What the palette offers for a text: what can be done now first. Pure but for `when`. */
export function findInPalette(
  query: string,
  registry: Registry<ConsoleContext>,
  context: ConsoleContext,
): Found[] {
  const words = wordsOf(query);
  const commands = commandsFor(registry, words, context);
  if (words.length === 0) return commands;
  const { wall, cameras } = context.wall;
  const byNumber = (a: Camera, b: Camera) => a.number - b.number;
  const found = Object.values(cameras)
    .filter((camera) => matches(camera, words))
    .sort(byNumber)
    .slice(0, mostOfAKind)
    .map((camera): Found => ({ kind: 'camera', camera }));
  const screens = (wall?.screens ?? []).flatMap((screen, at): Found[] =>
    words.every((word) => plain(`screen ${at + 1} ${screen.name}`).includes(word))
      ? [{ kind: 'screen', screen, number: at + 1 }]
      : [],
  );
  const shapes = layouts.flatMap(({ id, name }): Found[] =>
    words.every((word) => plain(`layout ${id} ${name}`).includes(word))
      ? [{ kind: 'layout', layout: id, name }]
      : [],
  );
  const isNumber = /^\d+$/.test(words.join(''));
  const rest = [...screens.slice(0, mostOfAKind), ...shapes.slice(0, mostOfAKind)];
  // A number is a camera's first of all.
  return isNumber ? [...found, ...commands, ...rest] : [...commands, ...found, ...rest];
}
