import { expect } from "chai";
import { gateway, netmask, nextAddress, overlap } from "../../../local/api/addresses";

describe("addresses", () => {
  it("begins after the network address and the gateway", () => {
    expect(gateway("10.10.0.0/24")).to.equal("10.10.0.1");
    expect(nextAddress("10.10.0.0/24", [])).to.equal("10.10.0.2");
  });

  it("crosses octets", () => {
    expect(nextAddress("10.10.0.0/16", [], { latest: "10.10.0.255" })).to.equal("10.10.1.0");
  });

  it("does not hand out an address again while another one is free", () => {
    const handedOut: (string | undefined)[] = [];
    let latest: string | undefined;
    for (let count = 0; count < 14; count++) {
      latest = nextAddress("10.10.0.0/28", [], { latest });
      handedOut.push(latest);
    }
    expect(new Set(handedOut.slice(0, 13)).size).to.equal(13);
    expect(handedOut[12]).to.equal("10.10.0.14");
    expect(handedOut[13]).to.equal("10.10.0.2");
  });

  it("skips what is taken, and ends before the broadcast address", () => {
    const all = Array.from({ length: 13 }, (_, index) => `10.10.0.${index + 2}`);
    expect(nextAddress("10.10.0.0/28", all.slice(0, 5))).to.equal("10.10.0.7");
    expect(nextAddress("10.10.0.0/28", all)).to.equal(undefined);
  });

  it("sees ranges that overlap, whichever is the larger", () => {
    expect(overlap("10.10.0.0/16", "10.10.4.0/24")).to.equal(true);
    expect(overlap("10.10.4.0/24", "10.10.0.0/16")).to.equal(true);
    expect(overlap("10.10.4.0/24", "10.10.5.0/24")).to.equal(false);
  });

  it("writes masks", () => {
    expect(netmask("10.10.0.0/20")).to.equal("255.255.240.0");
  });
});
