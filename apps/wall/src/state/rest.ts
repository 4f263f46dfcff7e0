import { apiBase, Problem, problem, type Answer } from '@clerestory/protocol';

/** A request that takes longer is given up and told. */
const requestTimeoutMs = 15_000;

export interface RequestOptions<T> {
  /** Reads the answer; throws when it is not what was expected. */
  parse: (value: unknown) => T;
  body?: unknown;
  /** Makes a repeated request harmless. */
  key?: string;
  /** The revision that the person was looking at. */
  base?: number;
  signal?: AbortSignal;
  /** Where a camera has to answer first, which takes longer. */
  timeoutMs?: number;
}

const readJson = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  return text === '' ? null : (JSON.parse(text) as unknown);
};

/**
 * One REST request below `/api/v1`. Every outcome is an answer: the server's own problem details, or our words where
 * it could not be reached or spoke another language.
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  { parse, body, key, base, signal, timeoutMs = requestTimeoutMs }: RequestOptions<T>,
): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key !== undefined) headers['Idempotency-Key'] = key;
  if (base !== undefined) headers['If-Match'] = `"${base}"`;
  const signals = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
  let response: Response;
  try {
    response = await fetch(apiBase + path, {
      method,
      headers,
      signal: AbortSignal.any(signals),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    return {
      ok: false,
      problem: problem('unavailable', 'The server could not be reached. Try again when it is back.'),
    };
  }
  try {
    const value = await readJson(response);
    if (response.ok) return { ok: true, value: parse(value) };
    return { ok: false, problem: Problem.parse(value) };
  } catch {
    return {
      ok: false,
      problem: problem(
        'bad-gateway',
        `The server's answer (${response.status}) could not be read. It may be of another version; load this page again.`,
      ),
    };
  }
}
