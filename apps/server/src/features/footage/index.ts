import type { RouteHandlers } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import { footageRoutes } from './http.ts';
import { OwnerFootage } from './owner-side.ts';
import type { FootageParts } from './ports.ts';
import { FootageService } from './service.ts';
import { answerStore } from './store.ts';
import { FootageTeller } from './teller.ts';

/** Requests for footage: asked by an investigator, looked at by a supervisor, answered by owners or by nobody. */
export class Footage {
  readonly #parts: FootageParts;
  readonly service: FootageService;
  readonly ownerSide: OwnerFootage;
  readonly teller: FootageTeller;

  constructor(parts: FootageParts) {
    this.#parts = parts;
    this.service = new FootageService(parts);
    this.ownerSide = new OwnerFootage(parts);
    this.teller = new FootageTeller(parts, this.service);
  }

  start(): void {
    this.teller.start();
  }
  stop(): Promise<void> {
    return this.teller.stop();
  }
  /** For a fresh key of the owners. */
  sealAnew(write: Write): Promise<void> {
    return answerStore.sealAnew(write, this.#parts.owners.ring);
  }
  /** An owner has left: what they answered goes, also to requests that are closed. */
  forgetOwner(write: Write, owner: string): Promise<void> {
    return answerStore.forgetOwner(write, owner);
  }
  routes(isFresh: (session: string) => boolean): RouteHandlers {
    return footageRoutes({ service: this.service, ownerSide: this.ownerSide, isFresh });
  }
}
