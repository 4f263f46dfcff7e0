import {
  Camera,
  CameraInput,
  CameraPatch,
  OnvifCameraInput,
  problem,
  problemFromZod,
  type Answer,
  type FieldFault,
  type Problem,
} from '@clerestory/protocol';
import type { z } from 'zod';
import { request } from '../../state/rest.ts';

/** The form as typed: every field is text. */
export interface CameraForm {
  name: string;
  number: string;
  place: string;
  neighbourhood: string;
  latitude: string;
  longitude: string;
  keep: string;
  main: string;
  sub: string;
  transport: string;
  username: string;
  password: string;
}

export const emptyForm: CameraForm = {
  name: '',
  number: '',
  place: '',
  neighbourhood: '',
  latitude: '',
  longitude: '',
  keep: 'on-demand',
  main: '',
  sub: '',
  transport: 'auto',
  username: '',
  password: '',
};

export const formOf = (camera: Camera): CameraForm => ({
  ...emptyForm,
  name: camera.name,
  number: String(camera.number),
  place: camera.place,
  neighbourhood: camera.neighbourhood,
  latitude: camera.latitude === null ? '' : String(camera.latitude),
  longitude: camera.longitude === null ? '' : String(camera.longitude),
  keep: camera.keep,
  transport: camera.source.transport ?? 'auto',
});

const given = <K extends string>(key: K, value: string) => (value === '' ? {} : { [key]: value });

/** As the server takes it; the schema says what is wrong with it. */
export const sourceOf = (form: CameraForm) => ({
  kind: 'rtsp',
  main: form.main.trim(),
  transport: form.transport,
  ...given('sub', form.sub.trim()),
  ...given('username', form.username),
  ...given('password', form.password),
});

const coordinate = (typed: string) => (typed.trim() === '' ? null : Number(typed));

/** Name, number and place, as the server takes them. */
export const wordsOf = (form: CameraForm) => ({
  name: form.name,
  place: form.place,
  neighbourhood: form.neighbourhood,
  latitude: coordinate(form.latitude),
  longitude: coordinate(form.longitude),
  keep: form.keep,
  ...(form.number.trim() === '' ? {} : { number: Number(form.number) }),
});

/** Registers the camera that was probed, with the profiles that were chosen. */
export async function createProbed(
  form: CameraForm,
  probed: { probe: string; main: string; sub: string | null },
  key: string,
): Promise<Answer<Camera>> {
  const input = OnvifCameraInput.safeParse({ ...wordsOf(form), ...probed });
  const fault = faultIn(form, input.error);
  if (fault) return { ok: false, problem: fault };
  return request('POST', '/onvif/cameras', { parse, body: input.data, key });
}

const parse = (value: unknown) => Camera.parse(value);

const oneAlone = 'give both coordinates or neither: one alone is no place on the map';

/** The schema's faults, and that one coordinate came alone. Null when nothing is wrong. */
function faultIn(form: CameraForm, error: z.ZodError | undefined): Problem | null {
  const missing = (['latitude', 'longitude'] as const).filter((field) => form[field].trim() === '');
  const alone = missing.length === 1 ? [{ pointer: `/${missing[0]}`, message: oneAlone }] : [];
  const errors = [...(error ? (problemFromZod(error).errors ?? []) : []), ...alone];
  return errors.length === 0
    ? null
    : problem('invalid-request', 'The camera: correct the marked fields.', { errors });
}

/** Registers a camera. `key` stays the same while one form is tried again. */
export async function createCamera(form: CameraForm, key: string): Promise<Answer<Camera>> {
  const input = CameraInput.safeParse({ ...wordsOf(form), source: sourceOf(form) });
  const fault = faultIn(form, input.error);
  if (fault) return { ok: false, problem: fault };
  return request('POST', '/cameras', { parse, body: input.data, key });
}

/** Changes a camera; its source only when `withSource`, because the stored one is never shown. */
export async function updateCamera(
  camera: Camera,
  form: CameraForm,
  withSource: boolean,
  key: string,
): Promise<Answer<Camera>> {
  const patch = CameraPatch.safeParse({
    ...wordsOf(form),
    ...(withSource ? { source: sourceOf(form) } : {}),
  });
  const fault = faultIn(form, patch.error);
  if (fault) return { ok: false, problem: fault };
  return request('PATCH', `/cameras/${camera.id}`, { parse, body: patch.data, key, base: camera.revision });
}

export const removeCamera = (id: string): Promise<Answer<null>> =>
  request('DELETE', `/cameras/${id}`, { parse: () => null });

const pointers: Record<string, keyof CameraForm> = {
  '/name': 'name',
  '/number': 'number',
  '/place': 'place',
  '/neighbourhood': 'neighbourhood',
  '/latitude': 'latitude',
  '/longitude': 'longitude',
  '/keep': 'keep',
  '/source/main': 'main',
  '/source/sub': 'sub',
  '/source/transport': 'transport',
  '/source/username': 'username',
  '/source/password': 'password',
};

export interface FormFaults {
  fields: Partial<Record<keyof CameraForm, string>>;
  /** Faults that belong to no field of the form. */
  rest: string[];
}

/** Puts each fault of a problem answer (RFC 9457 with JSON pointers) at its field. */
export function faultsOf(errors: readonly FieldFault[]): FormFaults {
  const faults: FormFaults = { fields: {}, rest: [] };
  for (const { pointer, message } of errors) {
    const field = pointers[pointer];
    if (field) faults.fields[field] ??= message;
    else faults.rest.push(message);
  }
  return faults;
}
