// The certificate library's dependency injection needs it before anything else.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { cryptoProvider } from "@peculiar/x509";
import { version } from "@pulumi/tls/package.json";
import type { Plugin } from "../frame/resource";
import { certRequest } from "./certRequest";
import { locallySignedCert } from "./locallySignedCert";
import { privateKey } from "./privateKey";
import { selfSignedCert } from "./selfSignedCert";

cryptoProvider.set(webcrypto);
const resources = [certRequest, locallySignedCert, privateKey, selfSignedCert];
export const plugin: Plugin = { name: "tls", version, bridged: true, resources, configure: () => undefined };
