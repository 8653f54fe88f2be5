import { expect } from "chai";
import { repositoriesOf, resolversOf, settingsOf } from "../../../local/fabric/host-apt";
import { compose, fingerprintOf } from "../../../local/fabric/recipe";
import { services } from "../../../local/fabric/services";

const repositories = { main: "http://mirror.test/distro/", security: "http://mirror.test/security/" };
const plain = compose({ repositories, settings: [] }, []);

describe("the machine image's recipe", () => {
  it("takes packages from where the host takes them", () => {
    expect(plain.sources).to.deep.equal([
      "deb http://mirror.test/distro/ trixie main",
      "deb http://mirror.test/distro/ trixie-updates main",
      "deb http://mirror.test/security/ trixie-security main",
    ]);
    expect(compose({ repositories: {}, settings: [] }, []).sources).to.deep.equal([]);
  });

  it("makes the machines ask the package cache, with the host's apt settings", () => {
    const image = compose({ repositories, settings: ['Acquire::Check-Valid-Until "false";'] }, []);
    expect(image.aptSettings).to.deep.equal(['Acquire::Check-Valid-Until "false";']);
    expect(image.files["/etc/apt/apt.conf.d/90local-cloud"]).to.equal(
      `Acquire::Check-Valid-Until "false";\nAcquire::http::Proxy "${services.url}";\n`,
    );
  });

  it("trusts whom the host trusts, Node.js included", () => {
    const image = compose({ repositories, settings: [] }, ["PEM"]);
    expect(image.files["/usr/local/share/ca-certificates/host-0.crt"]).to.equal("PEM\n");
    expect(image.files["/etc/environment"]).to.contain("NODE_EXTRA_CA_CERTS=");
    expect(plain.files).not.to.have.any.keys("/etc/environment");
  });

  it("has another fingerprint as soon as anything differs", () => {
    expect(fingerprintOf(plain)).to.equal(fingerprintOf(compose({ repositories, settings: [] }, [])));
    expect(fingerprintOf(plain)).not.to.equal(fingerprintOf({ ...plain, finish: `${plain.finish}\n` }));
  });
});

describe("this host's apt and resolver", () => {
  it("say where Debian comes from", () => {
    const targets = [
      "http://vendor.test/apt/ bookworm main",
      "http://mirror.test/distro/ bookworm main",
      "http://mirror.test/distro/ bookworm-updates main",
      "http://mirror.test/distro/ bookworm contrib",
      "http://mirror.test/security/ bookworm-security main",
    ];
    expect(repositoriesOf(targets.slice(1).join("\n"), "bookworm")).to.deep.equal({
      main: "http://mirror.test/distro/",
      updates: "http://mirror.test/distro/",
      security: "http://mirror.test/security/",
    });
    expect(repositoriesOf(targets.join("\n"), "trixie")).to.deep.equal({});
  });

  it("say what the mirror asks for", () => {
    const dump = [
      'Acquire::Check-Valid-Until "false";',
      'Acquire::http::Proxy "http://proxy.test:3128";',
      'Acquire::Languages:: "none";',
      'DPkg::Post-Invoke:: "rm -rf /";',
    ].join("\n");
    expect(settingsOf(dump)).to.deep.equal({
      settings: ['Acquire::Check-Valid-Until "false";'],
      proxy: "http://proxy.test:3128",
    });
    expect(settingsOf("")).to.deep.equal({ settings: [] });
  });

  it("name the servers that a machine can reach", () => {
    expect(
      resolversOf("nameserver 127.0.0.53\nnameserver 192.0.2.1\n# nameserver 192.0.2.2\nnameserver fe80::1\n"),
    ).to.deep.equal(["192.0.2.1"]);
  });
});
