import { randomUUID } from "node:crypto";
import express, { Router, type ErrorRequestHandler, type Express } from "express";
import type { Cloud } from "./cloud";
import { ApiError, badRequest, notFound } from "./errors";
import { requestLog, type Log } from "./log";
import { rateLimitHeaders } from "./rateLimit";
import { accountRoutes } from "./resources/account";
import { domainRoutes } from "./resources/domains";
import { actionRoutes, dropletActionRoutes } from "./resources/dropletActions";
import { dropletRoutes } from "./resources/droplets";
import { firewallRoutes } from "./resources/firewalls";
import { keyRoutes } from "./resources/keys";
import { balancerRoutes } from "./resources/loadBalancers";
import { projectRoutes } from "./resources/projects";
import { reservedIpRoutes } from "./resources/reservedIps";
import { spacesKeyRoutes } from "./resources/spacesKeys";
import { tagRoutes } from "./resources/tags";
import { vpcRoutes } from "./resources/vpcs";
import { requireToken } from "./token";

/** The DigitalOcean v2 API over one account's books, for whoever has the token. */
export function apiServer(cloud: Cloud, token: string, log: Log): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((_request, response, next) => {
    response.set("x-request-id", randomUUID());
    next();
  });
  app.use(requestLog(log), requireToken(token), rateLimitHeaders());
  // Clients send a body with DELETE too, and some with no content type.
  app.use(express.json({ type: () => true, limit: "1mb" }));
  app.use("/v2", resources(cloud));
  app.use(() => {
    throw notFound();
  });
  app.use(errorAnswer(log));
  return app;
}

function resources(cloud: Cloud): Router {
  return Router()
    .use(accountRoutes(cloud))
    .use("/vpcs", vpcRoutes(cloud))
    .use("/account/keys", keyRoutes(cloud))
    .use("/tags", tagRoutes(cloud))
    .use("/droplets", dropletRoutes(cloud), dropletActionRoutes(cloud))
    .use("/actions", actionRoutes(cloud))
    .use("/firewalls", firewallRoutes(cloud))
    .use("/load_balancers", balancerRoutes(cloud))
    .use("/projects", projectRoutes(cloud))
    .use("/domains", domainRoutes(cloud))
    .use("/reserved_ips", reservedIpRoutes(cloud))
    .use("/spaces/keys", spacesKeyRoutes(cloud));
}

function errorAnswer(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const known = error instanceof ApiError ? error : fromExpress(error);
    if (!known)
      log(
        "error",
        `${request.method} ${request.path}: ${error instanceof Error ? (error.stack ?? "") : String(error)}`,
      );
    const { status, id, message } = known ?? new ApiError(500, "server_error", "Unexpected server-side error");
    response.status(status).json({ id, message, request_id: response.get("x-request-id") });
  };
}

/** Express's own refusals: a body that is no JSON or too large, an address that cannot be decoded. */
function fromExpress(error: unknown): ApiError | undefined {
  const status = (error as { status?: unknown }).status;
  if (typeof status !== "number" || status < 400 || status >= 500) return undefined;
  return status === 413
    ? new ApiError(413, "payload_too_large", "The body is too large.")
    : badRequest("The request is not well-formed: its body must be JSON.");
}
