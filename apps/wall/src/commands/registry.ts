/** A thing a person can do, in one place: the keys, the menus and the key map are made from it. */
export interface Command<Context> {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  /** Names as in `KeyboardEvent.key`; letters in lower case. With `Ctrl+` in front, Ctrl or Meta (⌘) is held. */
  readonly keys: readonly string[];
  /** May it be done now? A menu shows it greyed when not; its keys then fall through to the next command. */
  readonly when: (context: Context) => boolean;
  /** `key` is the one pressed, '' from a menu. */
  readonly run: (context: Context, key: string) => void;
  /**
   * What it reaches beyond this window: the record is told then who gave it and where. Without it the command is the
   * window's own affair, such as moving the choice.
   */
  readonly acts?: 'wall' | 'camera';
  /** Why that key does nothing now, in words: said in place of running it, and no run for the record. */
  readonly idle?: (context: Context, key: string) => string | null;
  /** What the key map shows in place of many keys. */
  readonly keysShown?: readonly string[];
}

/** A press, as far as the registry cares. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

export interface Registry<Context> {
  readonly commands: readonly Command<Context>[];
  /** Throws RangeError for an id that is not registered. */
  get(id: string): Command<Context>;
  /** The first command in order that has the key and may run. */
  forPress(press: Press, context: Context): Command<Context> | null;
  /** Groups in the order of their first command. */
  groups(): { name: string; commands: Command<Context>[] }[];
}

/** A sign such as [ or #, which many keyboards have on AltGr, or on Option. */
const isSign = (key: string): boolean => /^[^\p{L}\p{N}\s]$/u.test(key);

/** The press writes a character where text is typed: with AltGr, Windows says that Ctrl and Alt are held. */
export const writes = ({ key, ctrlKey, altKey, metaKey }: Press): boolean =>
  (altKey && isSign(key)) || (!ctrlKey && !metaKey);

const normal = (key: string): string => (key.length === 1 ? key.toLowerCase() : key);

/** Makes a registry. Throws RangeError when an id is there twice. */
export function createRegistry<Context>(commands: readonly Command<Context>[]): Registry<Context> {
  const byId = new Map<string, Command<Context>>();
  for (const command of commands) {
    if (byId.has(command.id)) throw new RangeError(`the command "${command.id}" is registered twice`);
    byId.set(command.id, command);
  }
  return {
    commands,
    get(id) {
      const command = byId.get(id);
      if (!command) throw new RangeError(`there is no command "${id}"`);
      return command;
    },
    forPress(press, context) {
      if (press.altKey && !isSign(press.key)) return null;
      const key = (writes(press) ? '' : 'Ctrl+') + normal(press.key);
      return commands.find((command) => command.keys.includes(key) && command.when(context)) ?? null;
    },
    groups() {
      const names = [...new Set(commands.map(({ group }) => group))];
      return names.map((name) => ({ name, commands: commands.filter(({ group }) => group === name) }));
    },
  };
}
