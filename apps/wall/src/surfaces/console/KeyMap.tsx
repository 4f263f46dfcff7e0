import { consoleCommands } from '../../commands/list.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Kbd } from '../../ui/Kbd.tsx';

/** Every command that has keys, as the registry knows them. */
export function KeyMap({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" size="l" onClose={onClose}>
      <div className="dialog-body keymap">
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
