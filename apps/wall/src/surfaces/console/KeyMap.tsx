import { consoleCommands } from '../../commands/list.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Kbd } from '../../ui/Kbd.tsx';

/** Arrow keys scroll the list from the start: nothing else in it takes the focus. */
const focus = (list: HTMLElement | null) => list?.focus();

/** Every command that has keys, as the registry knows them. */
export function KeyMap({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" size="l" onClose={onClose}>
      <div ref={focus} className="dialog-body keymap" role="group" aria-label="All keys" tabIndex={0}>
        {consoleCommands.groups().map(({ name, commands }) => (
          <section key={name}>
            <h3 className="details-head">{name}</h3>
            <dl>
              {commands
                .filter(({ keys }) => keys.length > 0)
                .map(({ id, label, keys, keysShown }) => (
                  <div key={id} className="keymap-row">
                    <dt>
                      {(keysShown ?? keys).map((key) => (
                        <Kbd key={key} name={key} />
                      ))}
                    </dt>
                    <dd>{label}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
