import { Camera, CameraInput, CameraPatch, type Answer, type FieldFault } from '@clerestory/protocol';
import { problemFromZod } from '@clerestory/protocol';
import { request } from '../../state/rest.ts';

/** The form as typed: every field is text. */
export interface CameraForm {
  name: string;
  number: string;
  place: string;
  neighbourhood: string;
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
  keep: camera.keep,
  transport: camera.source.transport ?? 'auto',
});

const given = <K extends string>(key: K, value: string) => (value === '' ? {} : { [key]: value });

const sourceOf = (form: CameraForm) => ({
  kind: 'rtsp',
  main: form.main.trim(),
  transport: form.transport,
  ...given('sub', form.sub.trim()),
  ...given('username', form.username),
  ...given('password', form.password),
});

const wordsOf = (form: CameraForm) => ({
  name: form.name,
  place: form.place,
  neighbourhood: form.neighbourhood,
  keep: form.keep,
  ...(form.number.trim() === '' ? {} : { number: Number(form.number) }),
});

const parse = (value: unknown) => Camera.parse(value);

/** Registers a camera. `key` stays the same while one form is tried again. */
export async function createCamera(form: CameraForm, key: string): Promise<Answer<Camera>> {
  const input = CameraInput.safeParse({ ...wordsOf(form), source: sourceOf(form) });
  if (!input.success) return { ok: false, problem: problemFromZod(input.error, 'The camera') };
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
  if (!patch.success) return { ok: false, problem: problemFromZod(patch.error, 'The camera') };
  return request('PATCH', `/cameras/${camera.id}`, { parse, body: patch.data, key, base: camera.revision });
}

export const removeCamera = (id: string): Promise<Answer<null>> =>
  request('DELETE', `/cameras/${id}`, { parse: () => null });

const pointers: Record<string, keyof CameraForm> = {
  '/name': 'name',
  '/number': 'number',
  '/place': 'place',
  '/neighbourhood': 'neighbourhood',
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
