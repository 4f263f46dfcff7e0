import { asText, field } from './rules.ts';

/** A fault that a device tells of itself: which one, and whether it is there or over. */
export interface DeviceFault {
  fault: string;
  active: boolean;
}

/** Topics (ONVIF Core and Imaging service specifications, "Events") → what it means for a person at the wall. */
const faults: readonly (readonly [topic: RegExp, words: string])[] = [
  [/VideoSource\/(SignalLoss|VideoLoss)/i, 'The camera reports that its video signal is lost'],
  [/VideoSource\/ImageTooBlurry/i, 'The camera reports a blurred picture: check its lens and its focus'],
  [/VideoSource\/ImageTooDark/i, 'The camera reports a picture that is too dark: something may cover it'],
  [/VideoSource\/ImageTooBright/i, 'The camera reports a picture that is too bright: something may blind it'],
  [
    /VideoSource\/GlobalSceneChange/i,
    'The camera reports that its view has changed: it may have been turned away',
  ],
  [/Tamper/i, 'The camera reports tampering: look whether it was covered, turned or opened'],
  [/HardwareFailure\/FanFailure/i, 'The camera reports that its fan has failed'],
  [/HardwareFailure\/TemperatureCritical/i, 'The camera reports a critical temperature'],
  [/HardwareFailure\/PowerSupplyFailure/i, 'The camera reports that its power supply has failed'],
];

/** Items of an event, however few they are: the library gives one of them bare and several as a list. */
function itemsOf(message: unknown): [name: string, value: string][] {
  const items = field(message, 'message', 'message', 'data', 'simpleItem');
  const all = Array.isArray(items) ? items : items === undefined ? [] : [items];
  return all
    .slice(0, 20)
    .map((item) => [asText(field(item, '$', 'Name')), asText(field(item, '$', 'Value'))]);
}

const yes = /^(true|1|on|active)$/i;

/** What a notification means for the health of its camera; null: nothing, such as motion. */
export function faultOf(message: unknown): DeviceFault | null {
  const raw = field(message, 'topic');
  const topic = asText(typeof raw === 'object' ? field(raw, '_') : raw).trim();
  const found = faults.find(([pattern]) => pattern.test(topic));
  if (!found) return null;
  // Some devices add numbers, such as a level; the state is the one that is yes or no.
  const state = itemsOf(message).find(([, value]) =>
    /^(true|false|0|1|on|off|active|inactive)$/i.test(value),
  );
  return state ? { fault: found[1], active: yes.test(state[1]) } : null;
}
