import { problem, type Answer, type PtzAbilities, type PtzPreset } from '@clerestory/protocol';
import { ok, refuse } from '../../platform/http.ts';
import type { OnvifDevice } from './device.ts';
import { explain } from './rules.ts';
import type { OnvifService } from './service.ts';

/** Moving cameras over ONVIF: one message each, refusals in words for a person. */
export class OnvifMover {
  readonly #onvif: OnvifService;
  constructor(onvif: OnvifService) {
    this.#onvif = onvif;
  }

  abilities(camera: string): PtzAbilities | null {
    return this.#onvif.abilities(camera);
  }
  presets(camera: string): Promise<Answer<PtzPreset[]>> {
    return this.#tell(camera, (device, profile) => device.presets(profile));
  }
  /** −1 to 1 each; goes on for two seconds unless told again. */
  move(camera: string, speed: { pan: number; tilt: number; zoom: number }): Promise<Answer<void>> {
    return this.#tell(camera, (device, profile) => device.move(profile, speed));
  }
  stop(camera: string): Promise<Answer<void>> {
    return this.#tell(camera, (device, profile) => device.stop(profile));
  }
  goToPreset(camera: string, preset: string): Promise<Answer<void>> {
    return this.#tell(camera, (device, profile) => device.goToPreset(profile, preset));
  }
  goHome(camera: string): Promise<Answer<void>> {
    return this.#tell(camera, (device, profile) => device.goHome(profile));
  }

  async #tell<T>(
    camera: string,
    run: (device: OnvifDevice, profile: string) => Promise<T>,
  ): Promise<Answer<T>> {
    const profile = this.#onvif.ptzProfile(camera);
    if (profile === null) return refuse(problem('unprocessable', 'This camera cannot be moved.'));
    const device = await this.#onvif.device(camera);
    if (!device.ok) return device;
    try {
      return ok(await run(device.value, profile));
    } catch (error) {
      // Its address or its clock may be another by now.
      this.#onvif.drop(camera);
      return refuse(problem('bad-gateway', explain(error, true).detail));
    }
  }
}
