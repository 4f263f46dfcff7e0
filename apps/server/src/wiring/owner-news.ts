import type { Consent, Grant, Incident, NoticeKind } from '@clerestory/protocol';
import type { Write } from '../platform/idempotency.ts';

/** What an owner is told. */
export interface Notice {
  id: string;
  owner: string;
  kind: NoticeKind;
  camera: string;
  cameraName: string;
  detail: Record<string, string | number | boolean | null>;
}
type Heard = (write: Write, grant: Grant, owners: readonly string[]) => Promise<void>;

export interface OwnerNewsParties {
  consents: { of(camera: string): readonly Consent[]; onChange(listener: (camera: string) => void): void };
  grants: {
    onChange(listener: () => void): void;
    witnessedBy(witness: { granted: Heard; waiting: Heard; ended: Heard; refused: Heard }): void;
  };
  incidents: { get(id: string): Incident | undefined };
  cameras: {
    get(camera: string): { name: string } | undefined;
    onChange(listener: () => void): void;
  };
  policy: { onChange(listener: () => void): void };
  owners: { invite(owner: string): void };
  notices: { enqueue(write: Write, notice: Notice): Promise<void> };
  desk: { changed(): void };
}

/** What owners hear of what happens to their cameras: on their page at once, and by a notice from the same transaction. */
export function spreadOwnerNews(parties: OwnerNewsParties): void {
  const { consents, grants, incidents, cameras, policy, owners, notices, desk } = parties;
  const told =
    (kind: NoticeKind): Heard =>
    async (write, grant, to) => {
      const { purpose } = grant;
      const detail = {
        role: grant.role,
        purpose:
          purpose.kind === 'incident' ? (incidents.get(purpose.incident)?.type ?? '') : purpose.purpose,
        from: grant.startsAt ?? grant.askedAt,
        until: grant.endsAt,
        exigent: purpose.kind === 'exigent',
        ownIncident: grant.isOwnIncident,
      };
      const cameraName = cameras.get(grant.camera)?.name ?? grant.camera;
      // A person and the screens that one asking put the camera on are one access to the owner.
      const id = `${kind}:${grant.request}:${grant.camera}`;
      for (const owner of to)
        await notices.enqueue(write, { id, owner, kind, camera: grant.camera, cameraName, detail });
    };
  const nothing: Heard = async () => undefined;
  grants.witnessedBy({
    granted: told('access'),
    waiting: told('access-asked'),
    ended: nothing,
    refused: nothing,
  });

  consents.onChange((camera) => {
    for (const { status, by, owner } of consents.of(camera))
      if (status === 'pending' && by.startsWith('person:')) owners.invite(owner);
    desk.changed();
  });
  policy.onChange(() => desk.changed());
  grants.onChange(() => desk.changed());
  cameras.onChange(() => desk.changed());
}
