import { createHash } from "node:crypto";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Node } from "./node";
import { readTemplates, renderRole, viewFaults, type Scalar } from "./render";
import type { SecretFiles } from "./secrets";

type InputView = Record<string, pulumi.Input<Scalar> | pulumi.Input<Scalar>[] | Record<string, pulumi.Input<Scalar>>[]>;

export interface RoleArgs {
  /** What the role's templates and scripts are filled with. Every name must be asked for, every asked name be there. */
  view?: InputView;
  /** Files that no template makes: the secrets. */
  files?: SecretFiles;
  /** What must be applied and probed before, on this node or another; the node's previous role always is. */
  after?: pulumi.Resource[];
  /** A digest of the secrets that the role uses (Secrets.digest): it runs again when one of them changes. */
  secrets?: pulumi.Input<string>;
  /** Roles whose settings this one has to take up as well: it runs again when their scripts change. */
  builtOn?: Role[];
}

/**
 * One concern of a node: the files under templates/<role>/ at their places, then apply.sh, then probe.sh, in one script
 * that changes nothing the second time. Roles on a node follow each other in the order of their construction.
 */
export class Role extends pulumi.ComponentResource {
  private readonly node: Node;
  /** A digest of what makes the role what it is. */
  readonly version: pulumi.Output<string>;
  private readonly roleName: string;
  private readonly hidden: boolean;

  /** @throws pulumi.RunError when the view and the templates do not agree, before anything is registered. */
  constructor(roleName: string, node: Node, args: RoleArgs) {
    super(`trivet:role:${roleName}`, `${node.name}-${roleName}`, {}, { parent: node });
    this.roleName = roleName;
    this.node = node;
    this.hidden = args.files !== undefined;
    const script = this.script(args);
    this.version = pulumi.unsecret(
      script.apply((text) => createHash("sha256").update(text).digest("hex").slice(0, 16)),
    );
    this.run(script, [...node.follow(this), ...(args.after ?? [])]);
    this.registerOutputs();
  }

  private script({ view = {}, secrets = "", files = {}, builtOn = [] }: RoleArgs): pulumi.Output<string> {
    const templates = readTemplates(this.roleName);
    const faults = viewFaults(templates, view);
    if (faults.length > 0) throw new pulumi.RunError(faults.join("\n"));
    return pulumi
      .all([
        this.node.dropletId,
        secrets,
        pulumi.output(view),
        pulumi.output(files),
        pulumi.all(builtOn.map((role) => role.version)),
      ])
      .apply(([dropletId, digest, resolved, contents, versions]) =>
        renderRole({
          templates,
          node: this.node.name,
          dropletId,
          secrets: digest,
          view: resolved,
          files: contents,
          builtOn: versions,
        }),
      );
  }

  /** Runs a script on the node, when it is new or has changed. */
  private run(script: pulumi.Input<string>, dependsOn: pulumi.Resource[]): void {
    new command.remote.Command(`${this.node.name}-${this.roleName}`, this.commandArgs(script), {
      parent: this,
      dependsOn,
      deletedWith: this.node.droplet,
      customTimeouts: { create: "20m", update: "20m" },
      // What a hidden script prints may hold what it was given.
      additionalSecretOutputs: this.hidden ? ["stdout", "stderr"] : [],
    });
  }

  private commandArgs(script: pulumi.Input<string>): command.remote.CommandArgs {
    const { None, StdoutAndStderr } = command.types.enums.remote.Logging;
    return {
      connection: this.node.connection,
      // Never anything in here that varies: it is shown when it fails. A step that hangs for 15 minutes has failed.
      create: "timeout 900 bash -s",
      stdin: script,
      addPreviousOutputInEnv: false,
      logging: this.hidden ? None : StdoutAndStderr,
    };
  }
}
