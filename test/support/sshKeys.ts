import * as sshpk from "sshpk";

/** A new key pair, in OpenSSH's formats. ssh2 makes some too, but one in 250 that it cannot read itself. */
export function sshKeys(): { private: string; public: string } {
  const key = sshpk.generatePrivateKey("ed25519");
  return { private: key.toString("openssh"), public: key.toPublic().toString("ssh") };
}
