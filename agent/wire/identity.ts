import type { TLSSocket } from "node:tls";
import type { Peer } from "../settings";

/**
 * Who is at the other end: the node whose certificate it shows, and from whose address it comes. A node that shows
 * another's certificate, or any certificate of another authority, is nobody.
 * @throws Error which says what does not fit
 */
export function peerOf(socket: TLSSocket, nodes: Peer[]): Peer {
  const name = String(socket.getPeerCertificate().subject?.CN ?? "");
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const node = nodes.find((node) => node.name === name);
  if (!node) throw new Error(`${address} shows the certificate of "${name}", which is no node of this stack.`);
  if (node.ip !== address) throw new Error(`${address} shows the certificate of ${name}, whose address is ${node.ip}.`);
  return node;
}
