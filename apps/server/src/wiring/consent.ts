import type { Camera, Grant, Incident } from '@clerestory/protocol';
import { rooms, type Audience } from '../platform/sockets.ts';

/** What private cameras rest on, and who must hear of it. The features do not know each other. */
export interface ConsentParties {
  consents: { onChange(listener: (camera: string) => void): void; forgetCamera(camera: string): void };
  policy: { onChange(listener: () => void): void };
  incidents: { onChange(listener: (incident: Incident) => void): void };
  grants: {
    onChange(listener: (grant: Grant) => void): void;
    recheck(camera?: string): Promise<void>;
    personLeft(person: string): void;
  };
  cameras: {
    onChange(
      listener: (change: { type: 'changed'; camera: Camera } | { type: 'removed'; camera: string }) => void,
    ): void;
    retell(camera: string): void;
  };
  people: {
    people: { onChange(listener: () => void): void };
    sessions: {
      onEnded(listener: (session: { person: string }) => void): void;
      listOf(person: string): unknown[];
    };
  };
  rights: { onChange(listener: () => void): void };
  walls: { onCommit(listener: (commit: { events: readonly { type: string }[] }) => void): void };
}

/** What ends with what: grants first, which ends the views, and then the word to every window. */
export function spreadConsent(parties: ConsentParties, audience: Audience): void {
  const { consents, policy, incidents, grants, cameras, people, rights, walls } = parties;
  const recheck = () => void grants.recheck();
  consents.onChange((camera) => {
    void grants.recheck(camera);
    cameras.retell(camera);
  });
  policy.onChange(recheck);
  incidents.onChange((incident) => {
    recheck();
    audience.tell(rooms.everyone, 'incident:changed', incident);
  });
  people.people.onChange(recheck);
  rights.onChange(recheck);
  people.sessions.onEnded(({ person }) => {
    if (people.sessions.listOf(person).length === 0) grants.personLeft(person);
  });
  cameras.onChange((change) => {
    if (change.type === 'removed') consents.forgetCamera(change.camera);
    else void grants.recheck(change.camera.id);
  });
  walls.onCommit(({ events }) => {
    if (events.some(({ type }) => type === 'screen:removed')) recheck();
  });
  grants.onChange((grant) => audience.tell(rooms.everyone, 'grant:changed', grant));
}
