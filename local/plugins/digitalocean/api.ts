import pRetry, { AbortError } from "p-retry";

export interface ApiSettings {
  /** Without a path: the calls bring their own `/v2`. */
  endpoint: string;
  token: string;
  /** How often a call is repeated after a lost connection, 429 or 5xx; 0 for never. */
  retries: number;
  /** The first and the longest pause between two attempts, in seconds. */
  waitMin: number;
  waitMax: number;
}

/** What the API answered instead of a success. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    call: string,
    message: string,
  ) {
    super(`${call}: ${status} ${message}`);
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** DigitalOcean's API as its official client calls it. */
export class Api {
  constructor(private readonly settings: ApiSettings) {}

  get<Body>(path: string): Promise<Body> {
    return this.call("GET", path);
  }

  /** Undefined when there is no such thing. */
  async find<Body>(path: string): Promise<Body | undefined> {
    return ifMissing(this.call<Body>("GET", path), undefined);
  }

  post<Body>(path: string, body: object): Promise<Body> {
    return this.call("POST", path, body);
  }

  put<Body>(path: string, body: object): Promise<Body> {
    return this.call("PUT", path, body);
  }

  patch<Body>(path: string, body: object): Promise<Body> {
    return this.call("PATCH", path, body);
  }

  delete(path: string, body?: object): Promise<void> {
    return this.call("DELETE", path, body);
  }

  private call<Body>(method: Method, path: string, body?: object): Promise<Body> {
    const { retries, waitMin, waitMax } = this.settings;
    return pRetry(() => this.once<Body>(method, path, body), {
      retries,
      factor: 2,
      minTimeout: waitMin * 1000,
      maxTimeout: waitMax * 1000,
    });
  }

  private async once<Body>(method: Method, path: string, body?: object): Promise<Body> {
    const url = new URL(path, this.settings.endpoint).href;
    const response = await fetch(url, {
      method,
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        ...(this.settings.token && { authorization: `Bearer ${this.settings.token}` }),
      },
      body: body && JSON.stringify(body),
    }).catch((fault: Error & { cause?: Error }) => {
      throw new Error(`${method} ${url}: ${fault.cause?.message ?? fault.message}`);
    });
    const text = await response.text();
    if (response.ok) return (text ? JSON.parse(text) : undefined) as Body;

    const fault = new ApiError(response.status, `${method} ${url}`, messageIn(text));
    const mayPass = response.status === 429 || (response.status >= 500 && response.status !== 501);
    throw mayPass ? fault : new AbortError(fault);
  }
}

/** What a call gives, or `instead` where the API answers 404. */
export async function ifMissing<Body, Instead>(call: Promise<Body>, instead: Instead): Promise<Body | Instead> {
  try {
    return await call;
  } catch (fault) {
    if (fault instanceof ApiError && fault.status === 404) return instead;
    throw fault;
  }
}

function messageIn(text: string): string {
  try {
    const { message, request_id: request } = JSON.parse(text) as { message?: string; request_id?: string };
    return request ? `(request "${request}") ${message ?? ""}` : (message ?? text);
  } catch {
    return text;
  }
}
