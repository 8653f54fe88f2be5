/** Debian's places. The settings are the role postgres'. */
export const home = "/var/lib/postgresql/17";
export const data = `${home}/main`;
export const bin = "/usr/lib/postgresql/17/bin";
export const configFile = "/etc/postgresql/17/main/postgresql.conf";
export const socketFolder = "/var/run/postgresql";
export const unit = "postgresql@17-main.service";
/** There while data is made: what lies in `data` is then incomplete. */
export const making = `${home}/.trivet-making`;
