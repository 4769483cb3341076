/** The sandbox server's JSON API. Every call carries the persona; a failure is an `ApiError` with a readable message. */

const query = new URLSearchParams(location.search);

/** The persona this window acts as; filled from the state when the address names none. */
export const identity = { as: query.get("as") || "" };

/** A refused or unanswered request. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function read(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  if (!response.ok) throw new ApiError((body && (body.message || body.error)) || `The sandbox answered ${response.status}.`, response.status);
  return body;
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError("The sandbox server does not answer.", 0);
  }
  return read(response);
}

/** Reads `/ui/<path>` as the persona of this window. */
export async function get(path, parameters = {}) {
  const search = new URLSearchParams();
  if (identity.as) search.set("as", identity.as);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, value);
  }
  const body = await request(`/ui/${path}?${search}`, { headers: { accept: "application/json" }, cache: "no-store" });
  if (body?.ok === false) throw new ApiError(body.error || "The sandbox refused this.", 200);
  return body;
}

/** Posts a body to `/ui/<path>` as the persona of this window. */
export function post(path, body = {}) {
  return request(`/ui/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ as: identity.as, ...body }),
  });
}

/** Posts like `post`, and throws what the sandbox refused instead of returning it. */
export async function order(path, body = {}) {
  const answer = await post(path, body);
  if (answer?.ok === false) throw new ApiError(answer.error || "The sandbox refused this.", 200);
  return answer;
}

/** Returns the address of this page as another persona, at the same conversation. */
export function addressAs(persona, hash = "") {
  return `/?as=${encodeURIComponent(persona)}${hash}`;
}

/** Returns the address of an uploaded file for this persona, on this page's own origin. */
export function fileAddress(file) {
  const given = file.url || file.url_private;
  if (!given) return "";
  return `${new URL(given, location.href).pathname}?as=${encodeURIComponent(identity.as)}`;
}
