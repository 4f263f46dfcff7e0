import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startOnvifCamera, type OnvifCamera } from '../../../../../tools/onvif-camera/camera.ts';
import { ok } from '../../platform/http.ts';
import { createLogger } from '../../platform/logging.ts';
import { until } from '../../testing/server.ts';
import { OnvifDevice } from './device.ts';
import { faultOf } from './event-rules.ts';
import { DeviceWatch } from './watch.ts';

let device: OnvifCamera;
let watch: DeviceWatch;
let told: string[][];
let ahead: number[];
const last = () => told.at(-1) ?? [];
beforeEach(async () => {
  told = [];
  ahead = [];
  device = await startOnvifCamera({ login: { username: 'viewer', password: 'sesame' } });
  const [ip = '', port] = device.host.split(':');
  const address = { secure: false, ip, host: ip, port: Number(port), path: '/onvif/device_service' };
  watch = new DeviceWatch({
    log: createLogger('silent'),
    monotonicMs: () => performance.now(),
    open: async () => ok(new OnvifDevice(address, { username: 'viewer', password: 'sesame' })),
    tell: (_camera, faults) => told.push([...faults]),
    clock: (_camera, aheadMs) => ahead.push(aheadMs),
    patience: 0.01,
  });
});
afterEach(async () => {
  watch.stop();
  await device.close();
});

const blurred = { topic: 'tns1:VideoSource/ImageTooBlurry/ImagingService', item: 'State', value: 'true' };

describe('what a device says of itself', () => {
  test('is told while it is so, in words with a next step', async () => {
    watch.add('dome');
    device.emit({ topic: 'tns1:RuleEngine/CellMotionDetector/Motion', item: 'IsMotion', value: 'true' });
    device.emit(blurred);
    device.emit({ topic: 'tns1:RuleEngine/TamperDetector/Tamper', item: 'IsTamper', value: 'true' });
    await until(() => last().length === 2);
    expect(last()).toEqual([
      'The camera reports a blurred picture: check its lens and its focus',
      'The camera reports tampering: look whether it was covered, turned or opened',
    ]);
    device.emit({ ...blurred, value: 'false' });
    await until(() => last().length === 1);
    expect(last()).toEqual([expect.stringMatching(/tampering/)]);
  });

  test('its clock is wrong: by how much', async () => {
    device.model.clockSkewMs = 90_000;
    watch.add('dome');
    await until(() => ahead.length > 0);
    // It says whole seconds, and its answer takes a moment.
    expect(ahead[0]).toBeLessThanOrEqual(90_000);
    expect(ahead[0]).toBeGreaterThan(60_000);
  });

  test('the subscription is lost: nothing old is told, and it is made anew', async () => {
    watch.add('dome');
    device.emit(blurred);
    await until(() => last().length === 1);
    device.faults.refuse['PullMessages'] = { subcode: 'ter:InvalidArgVal', reason: 'No such subscription' };
    device.emit(blurred);
    await until(() => told.length >= 2 && last().length === 0);
    device.faults.refuse = {};
    await until(() => device.operations.filter((name) => name === 'CreatePullPointSubscription').length >= 2);
    device.emit({ topic: 'tns1:VideoSource/SignalLoss', item: 'State', value: 'true' });
    await until(() => last().some((fault) => fault.includes('video signal is lost')));
  });

  test('a camera that is removed is left in peace', async () => {
    watch.add('dome');
    await until(() => device.operations.includes('PullMessages'));
    watch.remove('dome');
    const asked = device.operations.length;
    device.emit(blurred);
    await until(() => device.operations.length === asked);
    expect(told).toEqual([]);
  });
});

test.each([
  [{}, null],
  [{ topic: { _: 'tns1:VideoSource/SignalLoss' } }, null],
  [{ topic: 7, message: [] }, null],
  [
    {
      topic: { _: ' tns1:VideoSource/SignalLoss ' },
      message: {
        message: {
          data: { simpleItem: [{ $: { Name: 'Level', Value: 7 } }, { $: { Name: 'State', Value: true } }] },
        },
      },
    },
    { active: true },
  ],
])('any shape is read: %j', (message, expected) => {
  const found = faultOf(message);
  if (expected === null) expect(found).toBeNull();
  else expect(found).toMatchObject(expected);
});
