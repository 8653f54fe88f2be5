import { expect } from "chai";
import { TestCloud, token } from "./testCloud";

const collections = [
  ...["vpcs", "account/keys", "tags", "droplets", "actions", "firewalls", "load_balancers", "projects"],
  ...["domains", "reserved_ips", "spaces/keys", "regions", "sizes", "images"],
];

describe("every endpoint", () => {
  const cloud = new TestCloud();
  before(() => cloud.start());
  after(() => cloud.remove());

  for (const collection of ["account", ...collections]) {
    it(`${collection}: 401 without the right token`, async () => {
      for (const bearer of ["wrong", `${token}x`, ""]) {
        const { status, body } = await cloud.call("GET", collection, undefined, bearer);
        expect(status).to.equal(401);
        expect(body).to.include({ id: "unauthorized", message: "Unable to authenticate you" });
      }
    });
  }

  const unknown = [
    ...["vpcs/5a4981aa", "vpcs/5a4981aa/members", "account/keys/99", "tags/none", "tags/none/resources"],
    ...["droplets/99", "droplets/99/actions", "droplets/99/actions/1", "droplets/99/firewalls", "actions/99"],
    ...["firewalls/x", "load_balancers/x", "projects/x", "projects/x/resources", "domains/none.test"],
    ...["domains/none.test/records", "domains/none.test/records/1", "reserved_ips/198.51.100.99"],
    ...["reserved_ips/198.51.100.99/actions", "spaces/keys/x", "images/windows-95", "regions/fra1", "nothing"],
  ];
  for (const resource of unknown) {
    it(`${resource}: 404`, async () => {
      for (const method of ["GET", "DELETE"]) {
        const { status, body } = await cloud.call(method, resource);
        expect(status).to.equal(404);
        expect(body).to.include({ id: "not_found", message: "The resource you were accessing could not be found." });
      }
    });
  }

  it("gives every fault an id, a message and the request's id", async () => {
    const { body, headers } = await cloud.get("vpcs/none");
    expect(Object.keys(body as object)).to.deep.equal(["id", "message", "request_id"]);
    expect((body as { request_id: string }).request_id).to.equal(headers.get("x-request-id"));
  });

  it("says how much of the hourly limit is left", async () => {
    const [first, second] = [await cloud.get("account"), await cloud.get("account")];
    const left = ({ headers }: typeof first) => Number(headers.get("ratelimit-remaining"));
    expect(first.headers.get("ratelimit-limit")).to.equal("5000");
    expect(left(first) - left(second)).to.equal(1);
    expect(Number(first.headers.get("ratelimit-reset"))).to.be.greaterThan(Date.now() / 1000);
  });

  it("refuses a body that is no JSON object", async () => {
    expect((await cloud.post("tags", ["web"])).body).to.include({ id: "bad_request" });
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const broken = await fetch(`${cloud.url}/v2/tags`, { method: "POST", headers, body: "{" });
    expect(broken.status).to.equal(400);
  });

  it("pages lists", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await cloud.post("tags", { name });
    const names = ({ tags }: { tags: { name: string }[] }) => tags.map(({ name }) => name).join("");
    const second = await cloud.get("tags?page=2&per_page=2");
    expect(names(second.body as never)).to.equal("cd");
    expect(second.body).to.have.nested.property("meta.total", 5);
    const pages = (second.body as { links: { pages: Record<string, string> } }).links.pages;
    expect(Object.keys(pages)).to.have.members(["first", "prev", "next", "last"]);
    expect(pages.next).to.equal(`${cloud.url}/v2/tags?page=3&per_page=2`);
    const last = await cloud.get("tags?page=3&per_page=2");
    expect(names(last.body as never)).to.equal("e");
    expect(last.body).to.not.have.nested.property("links.pages.next");
    expect((await cloud.get("tags")).body).to.deep.include({ links: {} });
    expect((await cloud.get("tags?per_page=201")).status).to.equal(422);
  });

  it("logs method, path, status and time, and neither query nor token nor body", async () => {
    cloud.log.length = 0;
    await cloud.post("tags?secret=query", { name: "secret-body" });
    expect(cloud.log).to.have.length(1);
    expect(cloud.log[0]).to.match(/^request POST \/v2\/tags 201 \d+ ms$/);
  });

  it("offers the catalogue", async () => {
    const { body } = await cloud.get("sizes");
    const size = (body as { sizes: { slug: string }[] }).sizes.find(({ slug }) => slug === "s-1vcpu-1gb");
    expect(size).to.include({ memory: 1024, vcpus: 1, disk: 25, transfer: 1, price_monthly: 6, price_hourly: 0.00893 });
    const image = (await cloud.get("images/debian-13-x64")).body as { image: { id: number } };
    expect(await cloud.get(`images/${image.image.id}`)).to.have.nested.property("body.image.slug", "debian-13-x64");
    expect((await cloud.get("regions")).body).to.have.nested.property("regions[0].available", true);
    expect((await cloud.get("account")).body).to.have.nested.property("account.status", "active");
  });
});
