import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import { parseConnectionUrl } from "nodemailer/lib/shared";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { log } from "../log.js";

// Together far below the minutes after which a claim counts as left behind (store.js).
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, dnsTimeout: 5_000 };

/**
 * Returns a function that sends a mail by SMTP and resolves to {state, fault}: "sent"; "refused" for good; "waiting" when
 * it has certainly not been sent, and may be another time; "doubtful" when the server may have taken it. Never rejects.
 */
export function mailerTo(url, from) {
  const options = { ...parseConnectionUrl(url), ...TIMEOUTS };

  return async function send(mail) {
    let begun = false;
    try {
      const message = await compose(mail, from);
      // Read from when the server has said that it takes the text, and not before.
      const text = Readable.from(
        (function* () {
          begun = true;
          yield message;
        })(),
      );
      await deliver(options, { from, to: mail.to }, text);
      return { state: "sent" };
    } catch (error) {
      return { state: stateAfter(error, begun), fault: error.message };
    }
  };
}

// Not by a transport of nodemailer's: it does not tell whether a connection broke before the text or after it.
function deliver(options, envelope, text) {
  const connection = new SMTPConnection(options);
  return new Promise((resolve, reject) => {
    connection.on("error", reject);
    const orFail = (next) => (error) => (error ? reject(error) : next());
    const hand = () => connection.send(envelope, text, orFail(resolve));
    connection.connect(orFail(() => (options.auth ? connection.login(options.auth, orFail(hand)) : hand())));
  }).finally(() => connection.close());
}

/** In place of a mailer in development. */
export async function logMail({ job, to, subject }) {
  log("mail", { job, to, subject });
  return { state: "sent" };
}

function compose({ job, to, subject, text, createdAt }, from) {
  const messageId = messageIdOf(job, from);
  return new MailComposer({ from, to, subject, text, messageId, date: createdAt }).compile().build();
}

/** The same for every try of a job on every node, so that a mailbox that gets a mail twice after all can tell. */
export function messageIdOf(job, from) {
  const hash = createHash("sha256").update(job).digest("hex").slice(0, 32);
  return `<${hash}@${from.split("@")[1]}>`;
}

// The commands whose refusal is the server's word on this mail. A connection that ended is "CONN" whenever it did.
const ABOUT_THE_MAIL = ["MAIL FROM", "RCPT TO", "DATA"];

function stateAfter(error, begun) {
  if (error.responseCode >= 400 && ABOUT_THE_MAIL.includes(error.command)) {
    return error.responseCode >= 500 ? "refused" : "waiting";
  }
  return begun ? "doubtful" : "waiting";
}
