import { expect } from "chai";
import { routeText } from "../../../agent/pooler/pgbouncer";

const guard = "connect_query='SELECT pg_terminate_backend(pg_backend_pid()) WHERE pg_is_in_recovery()'";
const text = (line: string) => `; Written by trivet-agent.\n[databases]\n${line}\n`;

describe("a route as pgbouncer's settings", () => {
  it("to the primary goes to no standby that is taken for it", () => {
    expect(routeText({ to: "primary", ip: "10.22.0.11" })).to.equal(
      text(`app = host=10.22.0.11 port=5432 dbname=app ${guard}`),
    );
  });

  it("to the standby lets clients in", () => {
    expect(routeText({ to: "reads", ip: "10.22.0.12" })).to.equal(text("app = host=10.22.0.12 port=5432 dbname=app"));
  });

  it("to nobody has a place, which is not yet the primary", () => {
    expect(routeText({ to: "nobody" })).to.equal(text(`app = host=127.0.0.1 port=5432 dbname=app ${guard}`));
  });
});
