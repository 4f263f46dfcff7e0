import { TurnedClock } from '../../testing/clock.ts';
import { storeOfThisFile } from '../../testing/file-store.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { conditionDefects } from '../../testing/mutants.ts';
import { sessionMs } from './session-rules.ts';
import * as places from './workstations.ts';

/* A7: where a PIN is worth something, for whom and until when; in memory and over a restart. */
const people = ['olga', 'piet', 'nora'];
const store = storeOfThisFile(people);

const carriesRightly: Check<Pick<typeof places, 'Workstations'>> = async ({ Workstations }) => {
  await store.db.deleteFrom('people_pins').execute();
  await store.db.deleteFrom('people_workstations').execute();
  const clock = new TurnedClock();
  const stations = new Workstations(store.db, clock);
  const [here, there] = [await stations.open(undefined), await stations.open('made up')];
  const write = <T>(work: (write: never) => Promise<T>) =>
    store.db.transaction().execute((given) => work(given as never));
  const signIn = (at: string, person: string) => write((given) => stations.signedIn(given, at, person));
  const setPin = (at: string, person: string) =>
    write((given) => stations.setPin(given, at, person, `pin of ${person}`));
  for (const [at, person] of [
    [here.id, 'olga'],
    [here.id, 'piet'],
    [there.id, 'olga'],
  ] as const) {
    await signIn(at, person);
    await setPin(at, person);
  }
  await signIn(here.id, 'nora');
  const carried = (of = stations) =>
    [here.id, there.id].map((at) => people.map((person) => of.carrying(at, person)?.pin ?? '-').join());
  /** As the server finds it after a restart. */
  const again = async () => {
    const other = new Workstations(store.db, clock);
    await other.load();
    return carried(other);
  };
  const all = ['pin of olga,pin of piet,-', 'pin of olga,-,-'];
  const found: Record<string, [unknown, unknown]> = {
    'known by its cookie': [
      [stations.find(here.token), stations.find('made up'), stations.find(undefined)],
      [here.id, undefined, undefined],
    ],
    'the same again': [(await stations.open(here.token)).id, here.id],
    'one of its own': [there.id !== undefined && there.id !== here.id, true],
    'who was here': [
      people.map((person) => [here.id, there.id, 'x'].map((at) => stations.knows(at, person))),
      [
        [true, true, false],
        [true, false, false],
        [true, false, false],
      ],
    ],
    'who has a PIN': [
      people.map((person) => [here.id, there.id, null, 'x'].map((at) => stations.hasPin(at, person))),
      [
        [true, true, false, false],
        [true, false, false, false],
        [false, false, false, false],
      ],
    ],
    carries: [
      [carried(), await again()],
      [all, all],
    ],
    'who may switch': [
      [stations.switchable(here.id), stations.switchable(there.id), stations.switchable('x')],
      [['olga', 'piet'], ['olga'], []],
    ],
    'anywhere at all': [people.map((person) => stations.carriesAnywhere(person)), [true, true, false]],
  };
  await setPin(there.id, 'piet');
  found['a PIN where nobody signed in fully'] = [stations.carrying(there.id, 'piet'), null];
  clock.pass(sessionMs - 1);
  found['until the last moment'] = [carried(), all];
  await stations.close('olga', here.id);
  const closed = ['-,pin of piet,-', 'pin of olga,-,-'];
  found['closed at one'] = [
    [carried(), await again()],
    [closed, closed],
  ];
  found['still somewhere'] = [people.map((person) => stations.carriesAnywhere(person)), [true, true, false]];
  await stations.close('olga', null);
  const olgaOut = ['-,pin of piet,-', '-,-,-'];
  found['closed at all'] = [
    [carried(), await again()],
    [olgaOut, olgaOut],
  ];
  const forgetting = stations.forgetting('piet');
  forgetting.inMemory();
  found['forgotten'] = [
    [carried(), stations.hasPin(here.id, 'piet')],
    [['-,-,-', '-,-,-'], false],
  ];
  await write((given) => forgetting.inStore(given));
  found['for good'] = [await again(), ['-,-,-', '-,-,-']];
  await signIn(here.id, 'olga');
  found['good again after a full sign-in'] = [carried(), ['pin of olga,-,-', '-,-,-']];
  clock.pass(sessionMs);
  found['and then over'] = [
    [carried(), stations.switchable(here.id)],
    [['-,-,-', '-,-,-'], []],
  ];
  return checks(found);
};

describeGuards([
  {
    ...{ name: 'where a PIN is worth something', file: 'features/people/workstations.ts', itself: places },
    parts: [
      ['  find(', '    const made'],
      ['  hasPin(', '  /** The wall clock'],
      ['  /** Whether some workstation', '  #of('],
    ],
    defects: [
      ...conditionDefects,
      ['always found', /=== undefined \?/g, '=== undefined && false ?'],
      ['never carries', /\? \{ pin/g, '&& false ? { pin'],
    ],
    wrong: carriesRightly,
  },
]);
