/** An answer other than success, in DigitalOcean's form: HTTP status, its `id`, and a `message` for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly id: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export const badRequest = (message: string) => new ApiError(400, "bad_request", message);
export const unauthorized = () => new ApiError(401, "unauthorized", "Unable to authenticate you");
export const forbidden = (message: string) => new ApiError(403, "forbidden", message);
export const notFound = () => new ApiError(404, "not_found", "The resource you were accessing could not be found.");
export const conflict = (message: string) => new ApiError(409, "conflict", message);
export const preconditionFailed = (message: string) => new ApiError(412, "precondition_failed", message);
export const unprocessable = (message: string) => new ApiError(422, "unprocessable_entity", message);

/** What was found, or the 404 that DigitalOcean gives for an unknown id. */
export function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw notFound();
  return thing;
}
