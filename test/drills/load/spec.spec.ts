import { expect } from "chai";
import { kinds, loadSpec, mixed, type LoadOptions } from "../../../drills/load/spec";

const url = "https://app.trivet.test";
const faults = (options: unknown) => {
  try {
    loadSpec(options as LoadOptions);
  } catch (error) {
    return (error as Error).message.split("\n");
  }
  return [];
};

describe("a load's options", () => {
  it("have defaults: all kinds at once, at a modest pace", () => {
    const { traffic, run, seconds } = loadSpec({ url });
    expect(Object.keys(traffic)).to.have.members(kinds);
    const paces = Object.values(traffic).map((it) => ("perSecond" in it ? it.perSecond : 0));
    expect(paces.reduce((sum, pace) => sum + pace)).to.be.within(90, 110);
    expect(run).to.be.a("string").and.not.equal("");
    expect(seconds).to.equal(3600);
  });

  it("may give each kind a pace of its own, or all one together", () => {
    const { traffic } = loadSpec({ url, traffic: { h2: { clients: 2, perSecond: 7 } } });
    expect(traffic).to.deep.equal({ h2: { clients: 2, perSecond: 7, streams: 4 } });
    expect(mixed(200).keepalive!.perSecond).to.equal(2 * mixed(100).keepalive!.perSecond);
  });

  it("that are bad are named all at once, with what was given and what is wanted", () => {
    const given = {
      url,
      address: "somewhere",
      getPath: "about",
      traffic: { new: { clients: 0, perSecond: 1 }, h3: {} },
    };
    const said = faults(given);
    expect(said).to.have.lengthOf(4);
    expect(said.join("\n"))
      .to.include('load: address is "somewhere"; wanted an IP address.')
      .and.include('load: getPath is "about"; ')
      .and.include("load: traffic.new.clients is 0; ")
      .and.include('"h3"');
  });

  for (const [what, options, sentence] of [
    ["an address that is none", { url: "app.trivet.test" }, /url is "app\.trivet\.test"/],
    ["an address with a path", { url: `${url}/about` }, /url is .*; wanted no path/],
    ["no address", {}, /url is not given/],
    ["no traffic", { url, traffic: {} }, /traffic is \{\}; wanted at least one of new, keepalive, h2/],
    [
      "HTTP/2 in clear text",
      { url: "http://127.0.0.1:3001", traffic: { h2: { clients: 1, perSecond: 1 } } },
      /traffic\.h2 is .*wanted an https url/,
    ],
    ["no time", { url, seconds: 0 }, /seconds is 0; /],
    ["more clients than can be", { url, traffic: { new: { clients: 5000, perSecond: 1 } } }, /clients is 5000; /],
  ] as const)
    it(`refuse ${what}`, () => {
      const said = faults(options);
      expect(said).to.have.lengthOf(1);
      expect(said[0]).to.match(sentence);
    });
});
